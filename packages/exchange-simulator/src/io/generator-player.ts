import { deltaTail } from '../core/frames.ts';
import type { GeneratedOrder, Generator } from '../core/generator.ts';
import type { Tally } from '../core/tally.ts';
import type { Runtime } from '../runtime.ts';
import type { Audience } from './tape-player.ts';

export interface GeneratorPlayerOptions {
  readonly generator: Generator;
  readonly audience: Audience;
  readonly runtime: Runtime;
  readonly tally: Tally;
}

const ORDERS_PER_TURN = 500;

/**
 * Publishes generated orders when they are due. The exchange's time on them is the generator's, not the moment of the
 * timer, so that late timers change nothing in what is sent.
 */
export class GeneratorPlayer {
  readonly #options: GeneratorPlayerOptions;
  readonly #startedMs: number;
  readonly #epochMicros: number;
  #next: GeneratedOrder;
  #cancelTimer: () => void = () => undefined;

  constructor(options: GeneratorPlayerOptions) {
    this.#options = options;
    this.#startedMs = options.runtime.monotonicMs();
    this.#epochMicros = Math.floor(options.runtime.nowMs()) * 1000;
    this.#next = options.generator.next();
    this.#arm();
  }

  close(): void {
    this.#cancelTimer();
  }

  #arm(): void {
    const { runtime } = this.#options;
    const dueMs = this.#startedMs + this.#next.atMicros / 1000;
    this.#cancelTimer = runtime.setTimer(Math.max(0, Math.ceil(dueMs - runtime.monotonicMs())), () =>
      this.#publishDue(),
    );
  }

  #publishDue(): void {
    const { generator, audience, runtime, tally } = this.#options;
    // Before more is published: by now the sockets have been offered what was published last.
    audience.shed();
    const untilMicros = (runtime.monotonicMs() - this.#startedMs) * 1000;
    for (let orders = 0; orders < ORDERS_PER_TURN && this.#next.atMicros <= untilMicros; orders++) {
      const { market, changes, atMicros } = this.#next;
      for (const { side, price, change } of changes) {
        tally.deltasPlayed++;
        market.publishDelta(side, price, change, deltaTail(market, side, price, change, this.#epochMicros + atMicros));
      }
      this.#next = generator.next();
    }
    this.#arm();
  }
}
