// A fault with its history: when it is on, what it has passed over and what it has hit.
import { seededRandom } from '../seeded-random.ts';
import { durationMs, type Fault, type Occasions } from './fault.ts';

/** `waiting` for its time, `active`, `spent` (its count is reached), `over` (its time is). */
export type FaultState = 'waiting' | 'active' | 'spent' | 'over';

type Counter = { seen: number; hits: number };

export class ArmedFault {
  readonly id: string;
  readonly fault: Fault;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly random: () => number;
  state: FaultState = 'waiting';
  /** Frames, pings, commands, handshakes or connections that it was done to. */
  hits = 0;
  readonly #occasions: Occasions;
  readonly #all: Counter = { seen: 0, hits: 0 };
  readonly #each = new WeakMap<object, Counter>();

  /** @param seed of its randomness when the fault has none of its own */
  constructor(id: string, fault: Fault, nowMs: number, seed: number) {
    this.id = id;
    this.fault = fault;
    this.#occasions = fault;
    this.fromMs = nowMs + (durationMs(fault.from) ?? 0);
    this.untilMs = nowMs + (durationMs(fault.until) ?? Infinity);
    this.random = seededRandom(this.#occasions.seed ?? seed);
  }

  /** Whether this occasion, which fits the aim, is one to hit. */
  hitsNow(peer: object): boolean {
    const { after = 0, count = Infinity, probability = 1, per = 'exchange' } = this.#occasions;
    if (this.state !== 'active') return false;
    let counter = this.#all;
    if (per === 'connection') {
      counter = this.#each.get(peer) ?? { seen: 0, hits: 0 };
      this.#each.set(peer, counter);
    }
    if (counter.hits >= count || counter.seen++ < after) return false;
    if (probability < 1 && this.random() >= probability) return false;
    this.hits++;
    // Only an exchange-wide count can be at its end for good: another connection may still come.
    if (++counter.hits >= count && per === 'exchange') this.state = 'spent';
    return true;
  }

  /** Hits at once when nothing has to pass before. */
  get waitsForOccasions(): boolean {
    return (this.#occasions.after ?? 0) > 0;
  }
}
