// Keeps a client's markets what the exchange has open. It performs what core/market-set.ts decides: fetches listings and
// look-ups, one of each at a time, passes lifecycle events on, and adds and removes markets.
import type { OrderbookClient } from '@trader/orderbook-client';
import type { DiscoveryConfig } from '../config/config-types.ts';
import {
  initialMarketSet,
  type MarketSetCounters,
  type MarketSetFact,
  type MarketSetStep,
  type Refusal,
} from '../core/market-set-state.ts';
import { step } from '../core/market-set.ts';
import { messageOf } from '../errors.ts';
import type { Log } from '../log/log.ts';
import type { Runtime } from '../runtime/system-runtime.ts';
import { shown, tickerRefusal } from './listed-market.ts';
import type { Failure, MarketSource } from './market-source.ts';
import { RestError } from './rest-client.ts';

export type DiscoveryOptions = {
  /** It must have the channel `market_lifecycle_v2`, and is not started or closed here. */
  readonly client: Pick<OrderbookClient, 'on' | 'status' | 'addMarkets' | 'removeMarkets'>;
  readonly source: MarketSource;
  readonly rules: DiscoveryConfig;
  readonly runtime: Runtime;
  readonly log: Log;
  /** A listing came, in whole or in part, or failed. */
  readonly onListing?: () => void;
};

export type DiscoveryStatus = {
  /** Whether a wanted market is open; `unknown` until the exchange was asked. */
  readonly roll: 'unknown' | 'empty' | 'open';
  /** Markets that are to be recorded, those included that have closed a moment ago. */
  readonly wanted: number;
  /** Those of them that the client keeps the books of; fewer than `wanted` only where it did not take one. */
  readonly markets: number;
  /** Markets that the exchange is being asked about by name. */
  readonly questions: number;
  /** Markets, and entries of listings, that cannot be recorded as they are now. */
  readonly refused: number;
  /** The first 20 of them, with why. */
  readonly refusals: readonly Refusal[];
  /** Entries that could not be recorded as they were, in all listings and answers so far. */
  readonly unreadable: number;
  /** Why the latest listing or look-up failed, in whole or in part; `null` once one succeeded. */
  readonly problem: string | null;
  readonly problemCode: string | null;
} & Readonly<MarketSetCounters>;

const REFUSALS_SHOWN = 20;
const FAILURES_SHOWN = 5;
/** Until an event that could not be read is made up for by a listing. They may come by the hundred, and a listing costs. */
const UNREADABLE_EVENT_MS = 10_000;
const LIFECYCLE = 'market_lifecycle_v2';

type Problem = { readonly code: string; readonly text: string };

export class Discovery {
  readonly #options: DiscoveryOptions;
  readonly #state;
  readonly #ends = new AbortController();
  readonly #work = new Set<Promise<void>>();
  readonly #waiting: string[] = [];
  /** Markets that the client has taken. */
  readonly #given = new Set<string>();
  /** Markets that it has not taken, with why; they are offered again with each listing. */
  readonly #notTaken = new Map<string, string>();
  #lookingUp = false;
  #unreadable = 0;
  #listingProblem: Problem | null = null;
  #lookUpProblem: Problem | null = null;
  #detach: (() => void)[] = [];
  #cancelTimer: () => void = () => undefined;

  constructor(options: DiscoveryOptions) {
    this.#options = options;
    this.#state = initialMarketSet(options.rules, options.runtime.monotonicMs());
  }

  /** Starts to look. Harmless before the client is started. */
  start(): void {
    const { client } = this.#options;
    this.#detach = [
      client.on('market-lifecycle', ({ market, change, metadata, openAtMs, closeAtMs }) => {
        const eventTicker = metadata?.eventTicker ?? null;
        const refusal = tickerRefusal(market);
        const name = refusal === null ? market : shown(market);
        this.#take({ type: 'lifecycle', market: name, change, eventTicker, openAtMs, closeAtMs, refusal });
      }),
      client.on('gap', ({ channel }) => {
        if (channel === LIFECYCLE) this.#take({ type: 'events-missed', withinMs: 0 });
      }),
      // One that cannot be read, and may have been of the lifecycle. What it said, a listing says too.
      client.on('unrecognized', ({ sid, reason }) => {
        if (reason === null || (sid !== null && !this.#isLifecycle(sid))) return;
        this.#take({ type: 'events-missed', withinMs: UNREADABLE_EVENT_MS });
      }),
      // What happened before a subscription stands, nobody tells.
      client.on('status', ({ to }) => to === 'live' && this.#take({ type: 'events-missed', withinMs: 0 })),
    ];
    this.#take({ type: 'time-passed' });
  }

  status(): DiscoveryStatus {
    const { roll, members, questions, refused, counters } = this.#state;
    const problem = this.#listingProblem ?? this.#lookUpProblem;
    const refusals = [...refused, ...this.#notTaken].map(([market, reason]) => ({ market, reason }));
    return {
      roll,
      wanted: members.size,
      markets: this.#given.size,
      questions: questions.size,
      refused: refusals.length,
      refusals: refusals.slice(0, REFUSALS_SHOWN),
      unreadable: this.#unreadable,
      problem: problem?.text ?? null,
      problemCode: problem?.code ?? null,
      ...counters,
    };
  }

  /** Ends it; the markets stay as they are. Resolves once no request and no timer is left. */
  async close(): Promise<void> {
    for (const detach of this.#detach) detach();
    this.#ends.abort(new Error('discovery was closed'));
    this.#cancelTimer();
    await Promise.all(this.#work);
  }

  #take(fact: MarketSetFact): void {
    if (this.#ends.signal.aborted) return;
    const { runtime } = this.#options;
    const atMs = runtime.monotonicMs();
    const taken = step(this.#state, { ...fact, atMs, wallMs: runtime.nowMs(), random: runtime.random() });
    this.#cancelTimer();
    if (taken.wakeAtMs < Infinity) {
      const delayMs = Math.max(0, taken.wakeAtMs - atMs);
      this.#cancelTimer = runtime.setTimer(delayMs, () => this.#take({ type: 'time-passed' }));
    }
    this.#tell(taken);
    if (taken.add.length + taken.remove.length > 0 || fact.type === 'listed') this.#bringAbout();
    if (taken.list) this.#do(this.#list());
    if (taken.lookUp.length > 0) {
      this.#waiting.push(...taken.lookUp);
      if (!this.#lookingUp) this.#do(this.#lookUp());
    }
  }

  #tell({ add, remove, refused, roll }: MarketSetStep): void {
    const { log } = this.#options;
    for (const { market, reason } of add) log.debug({ market, reason }, `${market} is to be recorded: ${reason}`);
    for (const { market, reason } of remove)
      log.debug({ market, reason }, `${market} is no longer recorded: ${reason}`);
    for (const { market, reason } of refused) this.#tellRefused(market, reason);
    if (roll === 'empty') log.info({ roll }, 'no market that fits is open now; new ones are recorded when they open');
    if (roll === 'open') log.info({ roll }, 'markets that fit are open');
  }

  #tellRefused(market: string, reason: string): void {
    const text = 'a market cannot be recorded; the others are. discovery.refusals in /status names those of now';
    this.#options.log.warn({ code: 'MARKET_REFUSED', market, reason }, `${text}: ${JSON.stringify(market)}, ${reason}`);
  }

  #isLifecycle(sid: number): boolean {
    const { connections } = this.#options.client.status();
    return connections.some(({ subscriptions }) =>
      subscriptions.some((of) => of.channel === LIFECYCLE && of.sid === sid),
    );
  }

  /** What is wanted and what the client has are compared, so that a change which it did not take is tried again. */
  #bringAbout(): void {
    const { client, log } = this.#options;
    const { members } = this.#state;
    for (const market of this.#notTaken.keys()) if (!members.has(market)) this.#notTaken.delete(market);
    const gone = [...this.#given].filter((market) => !members.has(market));
    const come = [...members.keys()].filter((market) => !this.#given.has(market));
    const removed = this.#change(gone, (markets) => client.removeMarkets(markets));
    for (const market of removed) this.#given.delete(market);
    const added = this.#change(come, (markets) => client.addMarkets(markets));
    for (const market of added) this.#given.add(market);
    if (added.length + removed.length === 0) return;
    const now = this.#given.size;
    log.info(
      { added: added.length, removed: removed.length, markets: now },
      `markets: ${added.length} added, ${removed.length} removed, ${now} recorded`,
    );
  }

  /** @returns the markets for which it was done: of several at once all or, where one of them is not taken, each that is */
  #change(markets: readonly string[], make: (markets: readonly string[]) => void): readonly string[] {
    if (markets.length === 0) return [];
    try {
      make(markets);
      for (const market of markets) this.#notTaken.delete(market);
      return markets;
    } catch (error) {
      if (markets.length > 1) return markets.flatMap((market) => this.#change([market], make));
      const [market = ''] = markets;
      const reason = messageOf(error);
      if (this.#notTaken.get(market) !== reason) this.#tellRefused(market, reason);
      this.#notTaken.set(market, reason);
      return [];
    }
  }

  #do(work: Promise<void>): void {
    this.#work.add(work);
    void work.finally(() => this.#work.delete(work));
  }

  async #list(): Promise<void> {
    const { source, rules } = this.#options;
    try {
      const { markets, refused, failures } = await source.list(rules, this.#ends.signal);
      this.#unreadable += refused.length;
      this.#listingProblem = this.#problemOf(failures, 'the open markets could not all be listed');
      if (failures.length > 0 && markets.length + refused.length === 0) this.#take({ type: 'listing-failed' });
      else this.#take({ type: 'listed', markets, refused, isWhole: failures.length === 0 });
    } catch (error) {
      this.#listingProblem = this.#problemOf([{ part: 'listing', error }], 'the open markets could not be listed');
      this.#take({ type: 'listing-failed' });
    }
    if (!this.#ends.signal.aborted) this.#options.onListing?.();
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

  /** In words, which are logged; `null` for none. */
  #problemOf(failures: readonly Failure[], what: string): Problem | null {
    const [first] = failures;
    if (!first || this.#ends.signal.aborted) return null;
    const text = failures
      .slice(0, FAILURES_SHOWN)
      .map(({ part, error }) => `${part}: ${messageOf(error)}`)
      .join('; ');
    const code = first.error instanceof RestError ? first.error.code : 'UNEXPECTED';
    this.#options.log.warn({ code, problem: text }, `${what}; it is tried again, and no market is dropped for it`);
    return { code, text };
  }
}
