// The faults of a running exchange, and their clock: it tells the fault engine the time when one begins or ends.
import type { Fault, FaultKind } from '../core/faults/fault.ts';
import type { FaultEngine, FaultStatus } from '../core/faults/fault-engine.ts';
import { checkedFaults } from '../core/faults/fault-script.ts';
import { ExchangeError } from '../errors.ts';
import type { Runtime } from './runtime.ts';

/** The faults of a running exchange. What is changed here holds at once, on connections that are open, too. */
export interface ExchangeFaults {
  /**
   * Adds a fault; its times count from now.
   *
   * @returns its id
   * @throws {TypeError} naming everything that is wrong with it
   * @throws {ExchangeError} `FAULT_NOT_POSSIBLE`: it changes generated markets, and this exchange plays tapes
   */
  add(fault: Fault): string;
  /** Ends a fault. @returns whether it was there */
  remove(id: string): boolean;
  /** Ends all. @returns how many there were */
  clear(): number;
  /** Those that were added and not removed, spent ones included, with how often each was done. */
  list(): readonly FaultStatus[];
  /** Which connections are open, the newest last, by the numbers that a fault can aim at (`aim.connection`). */
  connections(): readonly number[];
}

export interface FaultControlOptions {
  readonly engine: FaultEngine;
  readonly runtime: Runtime;
  /** Kinds that this exchange cannot have: what tapes play is what was recorded. */
  readonly impossible: readonly FaultKind[];
  readonly connections: () => readonly number[];
  /** Faults have begun or ended: connections have to look. */
  readonly onChanged: () => void;
}

/** Tells the engine the time: when faults are added or removed, and when one begins or ends. */
export class FaultControl implements ExchangeFaults {
  readonly #options: FaultControlOptions;
  #cancelTick: () => void = () => undefined;
  #closed = false;

  constructor(options: FaultControlOptions) {
    this.#options = options;
  }

  add(fault: Fault): string {
    return this.addAll([fault])[0] ?? '';
  }

  /** All or, when one is wrong, none. */
  addAll(faults: readonly Fault[]): string[] {
    const { engine, runtime } = this.#options;
    const nowMs = runtime.monotonicMs();
    const checked = checkedFaults(faults);
    this.refuseImpossible(checked);
    const ids = checked.map((fault) => engine.add(fault, nowMs));
    this.#switchDue();
    return ids;
  }

  /** @throws {ExchangeError} `FAULT_NOT_POSSIBLE` */
  refuseImpossible(faults: readonly Fault[]): void {
    const wrong = faults.find(({ kind }) => this.#options.impossible.includes(kind));
    if (!wrong) return;
    throw new ExchangeError(
      'FAULT_NOT_POSSIBLE',
      `${wrong.kind} changes generated markets, and this exchange plays tapes. Leave it out, or start without tapes.`,
    );
  }

  remove(id: string): boolean {
    const removed = this.#options.engine.remove(id);
    this.#switchDue();
    return removed;
  }

  clear(): number {
    const removed = this.#options.engine.clear();
    this.#switchDue();
    return removed;
  }

  list(): readonly FaultStatus[] {
    return this.#options.engine.list();
  }

  close(): void {
    this.#closed = true;
    this.#cancelTick();
  }

  connections(): readonly number[] {
    return this.#options.connections();
  }

  #switchDue(): void {
    this.#cancelTick();
    if (this.#closed) return;
    const { engine, runtime, onChanged } = this.#options;
    engine.switchDue(runtime.monotonicMs());
    onChanged();
    const { nextTickMs } = engine;
    if (nextTickMs === undefined) return;
    const delayMs = Math.max(0, Math.ceil(nextTickMs - runtime.monotonicMs()));
    this.#cancelTick = runtime.setTimer(delayMs, () => this.#switchDue());
  }
}
