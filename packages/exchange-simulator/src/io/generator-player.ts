// The generator's clock. In go the time and things to be done now; out come the generator's doings up to then.
import type { Generator } from '../core/flow/generator.ts';
import type { Runtime } from './runtime.ts';
import type { Audience } from './tape-player.ts';

export interface GeneratorPlayerOptions {
  readonly generator: Generator;
  /** When the generator's time began, ms since the epoch. */
  readonly startMs: number;
  readonly audience: Audience;
  readonly runtime: Runtime;
}

const STEPS_PER_TURN = 500;

/**
 * Lets happen in the generator what is due. The time on frames is the generator's, not the moment of the timer, so that
 * late timers change nothing in what is sent.
 */
export class GeneratorPlayer {
  readonly #options: GeneratorPlayerOptions;
  readonly #startedMs: number;
  #cancelTimer: () => void = () => undefined;
  #closed = false;

  constructor(options: GeneratorPlayerOptions) {
    this.#options = options;
    this.#startedMs = options.runtime.monotonicMs();
    this.#arm();
  }

  /**
   * Does something now, after all that was due before.
   *
   * @param act gets the exchange's time, microseconds since the epoch
   */
  perform<T>(act: (atMicros: number) => T): T {
    const { generator } = this.#options;
    const nowMicros = this.#nowMicros();
    while (generator.nextMicros <= nowMicros) generator.runNext();
    const result = act(nowMicros);
    this.#cancelTimer();
    this.#arm();
    return result;
  }

  close(): void {
    this.#closed = true;
    this.#cancelTimer();
  }

  #nowMicros(): number {
    const { startMs, runtime } = this.#options;
    return Math.floor((startMs + runtime.monotonicMs() - this.#startedMs) * 1000);
  }

  #arm(): void {
    const { generator, runtime } = this.#options;
    const waitMs = Math.ceil((generator.nextMicros - this.#nowMicros()) / 1000);
    if (this.#closed) return;
    this.#cancelTimer = runtime.setTimer(Math.max(0, waitMs), () => this.#playDue());
  }

  #playDue(): void {
    const { generator, audience } = this.#options;
    // Before more is published: by now the sockets have been offered what was published last.
    audience.endSlowSubscriptions();
    const untilMicros = this.#nowMicros();
    for (let steps = 0; steps < STEPS_PER_TURN && generator.nextMicros <= untilMicros; steps++) generator.runNext();
    this.#arm();
  }
}
