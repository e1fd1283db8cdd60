// All faults of an exchange: which are on, and what they say at each point where the exchange asks. It has no clock and
// no timers; whoever drives it tells the time and calls `tick` when that is due.
import type { Market } from '../market/market.ts';
import { aimOf, meansPeer, type Peer } from './aim.ts';
import { ArmedFault, type FaultState } from './armed-fault.ts';
import { type ExchangeConditions, ordinaryConditions } from './conditions.ts';
import { durationMs, type Fault, type FaultKind, type HandshakeFault } from './fault.ts';
import { FaultLane } from './fault-lane.ts';

export interface FaultEngineOptions {
  readonly seed: number;
  readonly markets: ReadonlyMap<string, Market>;
  /** Called when they have become others. */
  readonly onConditions: (conditions: ExchangeConditions, before: ExchangeConditions) => void;
}

/** A fault and what became of it. */
export interface FaultStatus {
  readonly id: string;
  readonly state: FaultState;
  /** How often it was done: to frames, pings, commands, handshakes or connections. */
  readonly hits: number;
  readonly fault: Fault;
}

const handshakeKinds: readonly FaultKind[] = ['refuse', 'never-upgrade', 'accept-then-close'];

export class FaultEngine {
  readonly #options: FaultEngineOptions;
  #armed: ArmedFault[] = [];
  #active: readonly ArmedFault[] = [];
  #lastNumber = 0;
  #conditions = ordinaryConditions;
  readonly #past: Partial<Record<FaultKind, number>> = {};

  constructor(options: FaultEngineOptions) {
    this.#options = options;
  }

  /** @returns the id under which it is listed and removed */
  add(fault: Fault, nowMs: number): string {
    const number = ++this.#lastNumber;
    // Neighbouring seeds give neighbouring sequences; the factor sets them apart.
    const seed = (this.#options.seed + Math.imul(number, 0x9e3779b1)) >>> 0;
    this.#armed.push(new ArmedFault(String(number), fault, nowMs, seed));
    return String(number);
  }

  /** @returns whether it was there */
  remove(id: string): boolean {
    const armed = this.#armed.find((one) => one.id === id);
    if (!armed) return false;
    if (armed.hits > 0) this.#past[armed.fault.kind] = (this.#past[armed.fault.kind] ?? 0) + armed.hits;
    armed.state = 'over';
    this.#armed = this.#armed.filter((one) => one !== armed);
    return true;
  }

  /** @returns how many there were */
  clear(): number {
    const ids = this.#armed.map(({ id }) => id);
    for (const id of ids) this.remove(id);
    return ids.length;
  }

  list(): FaultStatus[] {
    return this.#armed.map(({ id, state, hits, fault }) => ({ id, state, hits, fault }));
  }

  /** How often each kind was done, removed faults included. */
  hits(): Record<string, number> {
    const hits: Record<string, number> = { ...this.#past };
    for (const { fault, hits: more } of this.#armed) if (more > 0) hits[fault.kind] = (hits[fault.kind] ?? 0) + more;
    return hits;
  }

  /** Switches on and off what is due. To be called after every change and at `nextTickMs`; then every lane ticks. */
  switchDue(nowMs: number): void {
    for (const armed of this.#armed) {
      if (armed.state === 'waiting' && nowMs >= armed.fromMs) {
        armed.state = 'active';
        if (!isFelt(armed.fault)) armed.hitsNow(armed);
      }
      if (armed.state === 'active' && nowMs >= armed.untilMs) armed.state = 'over';
    }
    this.#refresh();
    const conditions = conditionsOf(this.#active);
    const before = this.#conditions;
    if (JSON.stringify(conditions) === JSON.stringify(before)) return;
    this.#conditions = conditions;
    this.#options.onConditions(conditions, before);
  }

  /** When the next fault begins or ends. */
  get nextTickMs(): number | undefined {
    let next = Infinity;
    for (const { state, fromMs, untilMs } of this.#armed) {
      if (state === 'waiting') next = Math.min(next, fromMs);
      if (state === 'active') next = Math.min(next, untilMs);
    }
    return next === Infinity ? undefined : next;
  }

  /** What happens to a handshake, if a fault is meant for it. */
  handshake(peer: Peer): HandshakeFault | undefined {
    for (const armed of this.#active) {
      const { fault } = armed;
      if (!handshakeKinds.includes(fault.kind) || !meansPeer(aimOf(fault), peer) || !armed.hitsNow(peer)) continue;
      this.#refresh();
      return fault as HandshakeFault;
    }
    return undefined;
  }

  /** What the exchange's clock is ahead in a handshake. */
  skewMs(peer: Peer): number {
    return this.#active.reduce((sum, { fault }) => sum + (meansPeer(aimOf(fault), peer) ? skewOf(fault) : 0), 0);
  }

  lane(peer: Peer, sids: () => readonly number[]): FaultLane {
    return new FaultLane({
      peer,
      sids,
      markets: this.#options.markets,
      active: () => this.#active.filter(({ fault }) => !handshakeKinds.includes(fault.kind) && isFelt(fault)),
      onSpent: () => this.#refresh(),
    });
  }

  #refresh(): void {
    this.#active = this.#armed.filter(({ state }) => state === 'active');
  }
}

/** Whether connections have to do with it; the rest of the faults costs them nothing. */
const isFelt = ({ kind }: Fault): boolean =>
  kind !== 'maintenance' && kind !== 'trading-pause' && kind !== 'no-open-markets' && kind !== 'price-structure';

const skewOf = (fault: Fault): number => (fault.kind === 'clock-skew' ? (durationMs(fault.by) ?? 0) : 0);

function conditionsOf(active: readonly ArmedFault[]): ExchangeConditions {
  const faults = active.map(({ fault }) => fault);
  const has = (kind: FaultKind): boolean => faults.some((fault) => fault.kind === kind);
  return {
    maintenance: has('maintenance'),
    tradingPaused: has('trading-pause'),
    noOpenMarkets: has('no-open-markets'),
    priceStructures: faults
      .filter((fault) => fault.kind === 'price-structure')
      .map(({ structure, market }) => ({ structure, ...(market !== undefined && { market }) })),
    clockOffsetMs: faults.reduce((sum, fault) => sum + ('aim' in fault && fault.aim ? 0 : skewOf(fault)), 0),
  };
}
