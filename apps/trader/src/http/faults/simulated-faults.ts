// Faults of the built-in simulator, so that one watches the trader break and heal. What is injected is followed: the client's
// events say when it was noticed and when all was right again.
import { ExchangeError, type ExchangeFaults, type Fault, type FaultState } from '@trader/exchange-simulator';
import type { OrderbookClient } from '@trader/orderbook-client';
import type { EventLog } from '../../event-log.ts';
import { systemRuntime } from '../../runtime/system-runtime.ts';
import { WallTimes } from '../../runtime/wall-times.ts';
import type { TraderView } from '../../status.ts';
import { Refused } from '../endpoint.ts';
import { NAMED_FAULTS, type FaultName } from './fault-names.ts';
import { foldFault, isOpen, isUnhealed, MOST_KEPT, type FaultInput, type FaultOutcome } from './fault-outcomes.ts';

/** That are not over; more are refused. */
const MAX_FAULTS = 20;
/** What was done a moment ago may not have arrived. */
const ON_ITS_WAY_MS = 2_000;

export type FaultAsked = {
  readonly name: FaultName;
  readonly connection?: number | undefined;
  readonly fromMs?: number | undefined;
  readonly untilMs?: number | undefined;
};

export type FaultSources = {
  /** `null`: what is recorded is no simulator of ours. */
  readonly faults: ExchangeFaults | null;
  readonly view: () => Pick<TraderView, 'client' | 'coordinator'>;
  readonly events: Pick<EventLog, 'on'>;
};

export class SimulatedFaults {
  readonly #sources: FaultSources;
  readonly #times = new WallTimes();
  #outcomes: readonly FaultOutcome[] = [];
  /** What was done by those that the simulator has no more. */
  readonly #gone = new Map<string, { readonly state: FaultState; readonly hits: number }>();

  constructor(sources: FaultSources) {
    this.#sources = sources;
    if (!sources.faults) return;
    sources.events.on((event) => {
      if (event.type !== 'state') return;
      if (event.from === 'ready') this.#reported('state', event.to);
      this.#look();
    });
  }

  /** From now on this client says what came of them. */
  follow(client: OrderbookClient): void {
    if (!this.#sources.faults) return;
    client.on('gap', ({ cause }) => this.#reported('gap', cause));
    client.on('stale', ({ reason }) => this.#reported('stale', reason));
    client.on('unrecognized', ({ reason }) => reason !== null && this.#reported('violation', 'violation'));
    // A book that is found wrong is a problem first, and stale a moment later.
    client.on('problem', ({ error: { code } }) =>
      this.#reported('problem', code === 'BOOK_DESYNCED' ? 'desync' : code),
    );
    for (const type of ['snapshot', 'verified', 'status'] as const) client.on(type, () => this.#look());
  }

  /** Those that the simulator has. @throws {Refused} FAULTS_UNAVAILABLE, as the others */
  list() {
    return this.#present()
      .list()
      .map(({ id, state, hits, fault: { kind } }) => ({ id, kind, state, hits }));
  }

  /** Numbers of those that the simulator has open, the newest last. */
  connections(): readonly number[] {
    return this.#present().connections();
  }

  /** The latest that were injected, the newest first, and what came of each. Times are of the wall clock. */
  outcomes() {
    const known = new Map(this.list().map((of) => [of.id, of]));
    const nowMs = systemRuntime.monotonicMs();
    const wall = (ms: number | null): number | null => (ms === null ? null : this.#times.of(ms));
    return this.#outcomes.toReversed().map((outcome) => {
      const { holeCause, beginsAtMs, cutId: _, ...of } = outcome;
      const { state, hits } = known.get(of.id) ?? this.#gone.get(of.id) ?? { state: 'over', hits: null };
      const isOver = (state === 'over' || state === 'spent') && nowMs - of.injectedAtMs >= ON_ITS_WAY_MS;
      return {
        ...of,
        state,
        hits,
        injectedAtMs: this.#times.of(of.injectedAtMs),
        beginsAtMs: this.#times.of(beginsAtMs),
        endsAtMs: this.#times.of(of.endsAtMs),
        noticedAtMs: wall(of.noticedAtMs),
        healedAtMs: wall(of.healedAtMs),
        namedAs: holeCause ?? of.noticedBy ?? (isOver ? 'passed over' : null),
      };
    });
  }

  /** @throws {Refused} TOO_MANY_FAULTS, FAULT_NOT_POSSIBLE */
  inject({ name, connection, fromMs = 0, untilMs }: FaultAsked): string {
    const faults = this.#present();
    for (const fault of faults.list()) {
      if (fault.state === 'waiting' || fault.state === 'active') continue;
      this.#keep(fault);
      faults.remove(fault.id);
    }
    const named = NAMED_FAULTS[name];
    if (faults.list().length + (named.withCut ? 2 : 1) > MAX_FAULTS) {
      const message = `${MAX_FAULTS} faults are on, and no more are taken. Wait for them, or end them with a DELETE.`;
      throw new Refused({ code: 'TOO_MANY_FAULTS', message });
    }
    const span = { from: fromMs, until: untilMs ?? fromMs + named.untilMs };
    const aim = { ...('aim' in named.fault && named.fault.aim), ...(connection !== undefined && { connection }) };
    const injectedAtMs = systemRuntime.monotonicMs();
    const fault = { ...named.fault, ...span, ...(Object.keys(aim).length > 0 && { aim }) } as Fault;
    const id = added(faults, fault);
    const cutId = named.withCut ? faults.add({ kind: 'cut', count: 1, ...span }) : null;
    this.#take({
      type: 'injected',
      fault: {
        id,
        cutId,
        name,
        kind: named.fault.kind,
        connection: connection ?? null,
        injectedAtMs,
        beginsAtMs: injectedAtMs + span.from,
        endsAtMs: injectedAtMs + span.until,
      },
    });
    return id;
  }

  clear(): number {
    const faults = this.#present();
    for (const fault of faults.list()) this.#keep(fault);
    const count = faults.clear();
    this.#take({ type: 'ended', atMs: systemRuntime.monotonicMs() });
    return count;
  }

  #reported(what: (FaultInput & { readonly type: 'reported' })['what'], name: string): void {
    const atMs = systemRuntime.monotonicMs();
    if (!this.#outcomes.some((of) => isOpen(of, atMs))) return;
    // What is no longer listed was spent.
    const undone = new Set(
      this.list()
        .filter(({ hits }) => hits === 0)
        .map(({ id }) => id),
    );
    const isDone = ({ id, cutId }: FaultOutcome): boolean => !undone.has(id) || (cutId !== null && !undone.has(cutId));
    const done = new Set(this.#outcomes.filter(isDone).map(({ id }) => id));
    this.#take({ type: 'reported', atMs, what, name, done });
    // Where no book is asked for, nothing comes that shows that all are right.
    setImmediate(() => this.#look());
  }

  #look(): void {
    if (!this.#outcomes.some(isUnhealed)) return;
    const { client, coordinator } = this.#sources.view();
    const status = client?.status();
    if (!status || coordinator.phase !== 'ready' || status.phase !== 'live' || status.synced < status.wanted) return;
    this.#take({ type: 'right', atMs: systemRuntime.monotonicMs() });
  }

  #take(input: FaultInput): void {
    this.#outcomes = foldFault(this.#outcomes, input);
  }

  #keep({ id, state, hits }: { readonly id: string; readonly state: FaultState; readonly hits: number }): void {
    this.#gone.set(id, { state: state === 'spent' ? state : 'over', hits });
    // Each of those that are told may have a cut beside it.
    if (this.#gone.size > 2 * MOST_KEPT) this.#gone.delete(this.#gone.keys().next().value!);
  }

  #present(): ExchangeFaults {
    const { faults } = this.#sources;
    if (faults) return faults;
    const message = 'Faults are there with the built-in simulator alone, and this trader records something else.';
    throw new Refused({ code: 'FAULTS_UNAVAILABLE', message });
  }
}

function added(faults: ExchangeFaults, fault: Fault): string {
  try {
    return faults.add(fault);
  } catch (error) {
    if (!(error instanceof ExchangeError) || error.code !== 'FAULT_NOT_POSSIBLE') throw error;
    throw new Refused({ code: 'FAULT_NOT_POSSIBLE', message: error.message });
  }
}
