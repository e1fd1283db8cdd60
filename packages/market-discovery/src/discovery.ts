// Which markets are open, kept up to date. It performs what core/set.ts decides: fetches listings and look-ups, one of each at
// a time, passes facts of the markets' lives on, and tells what comes and goes.
import { readListedMarket, shown, tickerRefusal } from './core/listed-market.ts';
import { step } from './core/set.ts';
import {
  initialMarketSet,
  type MarketSetCounters,
  type MarketSetFact,
  type MarketSetStep,
  type Refusal,
} from './core/state.ts';
import { MarketDiscoveryError, messageOf } from './errors.ts';
import type { MarketDiscoveryEvents } from './events.ts';
import { RestMarketSource, type Failure, type MarketSource } from './io/market-source.ts';
import { RestClient } from './io/rest-client.ts';
import type { Runtime } from './io/runtime.ts';
import { Listeners } from './listeners.ts';
import { resolveOptions, type MarketDiscoveryOptions } from './options.ts';
import type { MarketRules } from './core/rules.ts';

export type MarketDiscoveryStatus = {
  /** Whether a wanted market is open; `unknown` until the exchange was asked. */
  readonly roll: 'unknown' | 'empty' | 'open';
  /** Markets that are wanted, those included that have closed a moment ago. */
  readonly wanted: number;
  /** Markets that the exchange is being asked about by name. */
  readonly questions: number;
  /** Markets, and entries of listings, that cannot be followed as they are now. */
  readonly refused: number;
  /** The first 20 of them, with why. */
  readonly refusals: readonly Refusal[];
  /** Entries that could not be read as they were, in all listings and answers so far. */
  readonly unreadable: number;
  /** Why the latest listing or look-up failed, in whole or in part; `null` once one succeeded. */
  readonly problem: string | null;
  readonly problemCode: MarketDiscoveryError['code'] | null;
  /** Times that a listener failed. */
  readonly listenerFailures: number;
} & Readonly<MarketSetCounters>;

/** What the WebSocket's channel `market_lifecycle_v2` says of a market. */
export type LifecycleFact = {
  readonly market: string;
  /** The exchange's word: `created`, `activated`, `close_date_updated`, `determined`, `settled`; others change nothing. */
  readonly change: string;
  /** `null` where the message does not have it. */
  readonly eventTicker?: string | null;
  /** Ms since the Unix epoch; `null` where the message does not have it. */
  readonly openAtMs?: number | null;
  readonly closeAtMs?: number | null;
};

export interface MarketDiscovery {
  /** Asks for the first listing, and goes on until `close`. Harmless twice. */
  start(): void;
  /** @returns removes the listener; harmless twice */
  on<T extends keyof MarketDiscoveryEvents>(
    type: T,
    listener: (event: MarketDiscoveryEvents[T]) => unknown,
  ): () => void;
  /** Takes a fact in. Facts make it quicker; without them markets come and go with the listings. */
  acceptLifecycle(fact: LifecycleFact): void;
  /**
   * Facts were missed, or may have been: the connection was away, a message could not be read. A listing makes up for them.
   *
   * @param withinMs when it is due at the latest; many calls cost one listing. @default 0
   */
  acceptMissedFacts(withinMs?: number): void;
  /** The markets that are wanted now. */
  markets(): readonly string[];
  has(market: string): boolean;
  status(): MarketDiscoveryStatus;
  /** Ends it; the markets stay as they are. Resolves once no request and no timer is left. Harmless twice. */
  close(): Promise<void>;
}

const REFUSALS_SHOWN = 20;
const FAILURES_SHOWN = 5;

export type SearchOptions = { readonly source: MarketSource; readonly rules: MarketRules; readonly runtime: Runtime };

/**
 * Makes a search. It does nothing until `start`.
 *
 * @throws {TypeError | RangeError} for a wrong option
 */
export function createMarketDiscovery(options: MarketDiscoveryOptions): MarketDiscovery {
  const { rules, pageSize, ...rest } = resolveOptions(options);
  return new Search({
    source: new RestMarketSource(new RestClient(rest), pageSize, readListedMarket),
    rules,
    runtime: rest.runtime,
  });
}

export class Search implements MarketDiscovery {
  readonly #options: SearchOptions;
  readonly #state;
  readonly #ends = new AbortController();
  readonly #listeners = new Listeners();
  readonly #work = new Set<Promise<void>>();
  readonly #waiting: string[] = [];
  #lookingUp = false;
  #unreadable = 0;
  #listingProblem: MarketDiscoveryError | null = null;
  #lookUpProblem: MarketDiscoveryError | null = null;
  #cancelTimer: () => void = () => undefined;

  constructor(options: SearchOptions) {
    this.#options = options;
    this.#state = initialMarketSet(options.rules, options.runtime.monotonicMs());
  }

  start(): void {
    this.#take({ type: 'time-passed' });
  }

  on<T extends keyof MarketDiscoveryEvents>(
    type: T,
    listener: (event: MarketDiscoveryEvents[T]) => unknown,
  ): () => void {
    return this.#listeners.add(type, listener);
  }

  acceptLifecycle({ market, change, eventTicker = null, openAtMs = null, closeAtMs = null }: LifecycleFact): void {
    if (typeof market !== 'string') throw new TypeError(`market must be a ticker, not a ${typeof market}`);
    const refusal = tickerRefusal(market);
    const name = refusal === null ? market : shown(market);
    this.#take({ type: 'lifecycle', market: name, change, eventTicker, openAtMs, closeAtMs, refusal });
  }

  acceptMissedFacts(withinMs = 0): void {
    this.#take({ type: 'events-missed', withinMs });
  }

  markets(): readonly string[] {
    return [...this.#state.members.keys()];
  }

  has(market: string): boolean {
    return this.#state.members.has(market);
  }

  status(): MarketDiscoveryStatus {
    const { roll, members, questions, refused, counters } = this.#state;
    const problem = this.#listingProblem ?? this.#lookUpProblem;
    return {
      roll,
      wanted: members.size,
      questions: questions.size,
      refused: refused.size,
      refusals: [...refused].slice(0, REFUSALS_SHOWN).map(([market, reason]) => ({ market, reason })),
      unreadable: this.#unreadable,
      problem: problem?.message ?? null,
      problemCode: problem?.code ?? null,
      listenerFailures: this.#listeners.failures,
      ...counters,
    };
  }

  async close(): Promise<void> {
    this.#ends.abort(new Error('the search was closed'));
    this.#cancelTimer();
    await Promise.all(this.#work);
  }

  #take(fact: MarketSetFact): MarketSetStep | null {
    if (this.#ends.signal.aborted) return null;
    const { runtime } = this.#options;
    const atMs = runtime.monotonicMs();
    const taken = step(this.#state, { ...fact, atMs, wallMs: runtime.nowMs(), random: runtime.random() });
    this.#cancelTimer();
    if (taken.wakeAtMs < Infinity) {
      const delayMs = Math.max(0, taken.wakeAtMs - atMs);
      this.#cancelTimer = runtime.setTimer(delayMs, () => void this.#take({ type: 'time-passed' }));
    }
    this.#tell(taken);
    if (taken.list) this.#do(this.#list());
    if (taken.lookUp.length > 0) {
      this.#waiting.push(...taken.lookUp);
      if (!this.#lookingUp) this.#do(this.#lookUp());
    }
    return taken;
  }

  #tell({ add, remove, refused, roll }: MarketSetStep): void {
    for (const { market, reason } of refused) this.#listeners.tell({ type: 'refused', market, reason });
    if (roll) this.#listeners.tell({ type: 'roll', roll });
    if (add.length + remove.length > 0) this.#listeners.tell({ type: 'change', added: add, removed: remove });
  }

  #do(work: Promise<void>): void {
    this.#work.add(work);
    void work.finally(() => this.#work.delete(work));
  }

  async #list(): Promise<void> {
    const { source, rules } = this.#options;
    let taken: MarketSetStep | null = null;
    let isWhole = false;
    try {
      const { markets, refused, failures } = await source.list(rules, this.#ends.signal);
      this.#unreadable += refused.length;
      this.#listingProblem = this.#problemOf(failures, 'the open markets could not all be listed');
      isWhole = failures.length === 0;
      if (isWhole || markets.length + refused.length > 0)
        taken = this.#take({ type: 'listed', markets, refused, isWhole });
      else this.#take({ type: 'listing-failed' });
    } catch (error) {
      this.#listingProblem = this.#problemOf([{ part: 'listing', error }], 'the open markets could not be listed');
      this.#take({ type: 'listing-failed' });
    }
    if (this.#ends.signal.aborted) return;
    const [added, removed] = [taken?.add.length ?? 0, taken?.remove.length ?? 0];
    const outcome = taken === null ? 'failed' : isWhole ? 'whole' : 'partial';
    this.#listeners.tell({ type: 'listing', outcome, added, removed });
  }

  async #lookUp(): Promise<void> {
    this.#lookingUp = true;
    try {
      while (this.#waiting.length > 0 && !this.#ends.signal.aborted) await this.#lookUpThese(this.#waiting.splice(0));
    } finally {
      this.#lookingUp = false;
    }
  }

  async #lookUpThese(asked: readonly string[]): Promise<void> {
    try {
      const { markets, refused, failures, unanswered } = await this.#options.source.lookUp(asked, this.#ends.signal);
      this.#unreadable += refused.length;
      this.#lookUpProblem = this.#problemOf(failures, `${unanswered.length} markets could not be looked up`);
      const open = new Set(unanswered);
      const answered = asked.filter((market) => !open.has(market));
      if (answered.length > 0) this.#take({ type: 'looked-up', asked: answered, markets, refused });
      if (unanswered.length > 0) this.#take({ type: 'look-up-failed', asked: unanswered });
    } catch (error) {
      const what = `${asked.length} markets could not be looked up`;
      this.#lookUpProblem = this.#problemOf([{ part: 'look-up', error }], what);
      this.#take({ type: 'look-up-failed', asked });
    }
  }

  /** Tells of it; `null` for none. */
  #problemOf(failures: readonly Failure[], what: string): MarketDiscoveryError | null {
    const [first] = failures;
    if (!first || this.#ends.signal.aborted) return null;
    const text = failures
      .slice(0, FAILURES_SHOWN)
      .map(({ part, error }) => `${part}: ${messageOf(error)}`)
      .join('; ');
    const [code, status] = MarketDiscoveryError.isInstance(first.error)
      ? [first.error.code, first.error.status]
      : (['UNEXPECTED', null] as const);
    const error = new MarketDiscoveryError(code, text, status, first.error);
    this.#listeners.tell({ type: 'problem', what, error });
    return error;
  }
}
