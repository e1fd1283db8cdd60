// The coordinator's alarm clock: it rings when somebody's time is up.
import type { Wait } from './state.ts';
import type { Runtime } from '../runtime/system-runtime.ts';

export class WakeTimer {
  readonly #runtime: Omit<Runtime, 'nowMs'>;
  readonly #ring: () => void;
  #cancel: () => void = () => undefined;
  #isOver = false;

  constructor(runtime: Omit<Runtime, 'nowMs'>, ring: () => void) {
    this.#runtime = runtime;
    this.#ring = ring;
  }

  /** In place of whatever it was set to; `null`: nobody is waited for. */
  set(wait: Wait | null): void {
    this.#cancel();
    if (!wait || this.#isOver) return;
    const runtime = this.#runtime;
    // Many traders may wait for one database.
    const jitter = wait.owner === 'coordinator' ? 1 + runtime.random() / 4 : 1;
    this.#cancel = runtime.setTimer(Math.max(0, wait.untilMs - runtime.monotonicMs()) * jitter, this.#ring);
  }

  /** For good. */
  stop(): void {
    this.#isOver = true;
    this.#cancel();
  }
}
