// Keeps a client's markets what the exchange has open. It performs what core/market-set.ts decides: fetches listings and
// look-ups, one of each at a time, passes lifecycle events on, and adds and removes markets.
import type { OrderbookClient, Runtime } from '@trader/orderbook-client';
import type { DiscoveryConfig } from '../config-types.ts';
import { initialMarketSet, type MarketSetCounters, type MarketSetInput } from '../core/market-set-state.ts';
import { step } from '../core/market-set.ts';
import { messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
import type { MarketSource } from './market-source.ts';
import { RestError } from './rest-client.ts';

export type DiscoveryOptions = {
  /** It must have the channel `market_lifecycle_v2`, and is not started or closed here. */
  readonly client: Pick<OrderbookClient, 'on' | 'addMarkets' | 'removeMarkets'>;
  readonly source: MarketSource;
  readonly rules: DiscoveryConfig;
  readonly runtime: Runtime;
  readonly log: Log;
};

export type DiscoveryStatus = {
  /** Whether a wanted market is open; `unknown` until the exchange was asked. */
  readonly roll: 'unknown' | 'empty' | 'open';
  /** Markets whose books are kept, those included that have closed a moment ago. */
  readonly markets: number;
  /** Markets that the exchange is being asked about by name. */
  readonly questions: number;
  /** Entries of listings that could not be read, in all. */
  readonly unreadable: number;
  /** Why the latest listing or look-up failed; `null` once one succeeded. */
  readonly problem: string | null;
} & Readonly<MarketSetCounters>;

type Fact = MarketSetInput extends infer One
  ? One extends MarketSetInput
    ? Omit<One, 'atMs' | 'random'>
    : never
  : never;

/** `setTimeout` takes no longer delays. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export class Discovery {
  readonly #options: DiscoveryOptions;
  readonly #state;
  readonly #ends = new AbortController();
  readonly #work = new Set<Promise<void>>();
  readonly #waiting: string[] = [];
  #lookingUp = false;
  #unreadable = 0;
  #problem: string | null = null;
  #detach: (() => void)[] = [];
  #cancelTimer: () => void = () => undefined;

  constructor(options: DiscoveryOptions) {
    this.#options = options;
    this.#state = initialMarketSet(options.rules, options.runtime.nowMs());
  }

  /** Starts to look. Harmless before the client is started. */
  start(): void {
    const { client } = this.#options;
    this.#detach = [
      client.on('market-lifecycle', ({ market, change, metadata, openAtMs, closeAtMs }) => {
        const eventTicker = metadata?.eventTicker ?? null;
        this.#take({ type: 'lifecycle', market, change, eventTicker, openAtMs, closeAtMs });
      }),
      client.on('gap', ({ channel }) => {
        if (channel === 'market_lifecycle_v2') this.#take({ type: 'events-missed' });
      }),
      // What happened before a subscription stands, nobody tells.
      client.on('status', ({ to }) => to === 'live' && this.#take({ type: 'events-missed' })),
    ];
    this.#take({ type: 'time-passed' });
  }

  status(): DiscoveryStatus {
    const { roll, members, questions, counters } = this.#state;
    return {
      roll,
      markets: members.size,
      questions: questions.size,
      unreadable: this.#unreadable,
      problem: this.#problem,
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

  #take(fact: Fact): void {
    if (this.#ends.signal.aborted) return;
    const { client, runtime, log } = this.#options;
    const atMs = runtime.nowMs();
    const { add, remove, list, lookUp, roll, wakeAtMs } = step(this.#state, {
      ...fact,
      atMs,
      random: runtime.random(),
    });
    if (remove.length > 0) client.removeMarkets(remove.map(({ market }) => market));
    if (add.length > 0) client.addMarkets(add.map(({ market }) => market));
    for (const { market, reason } of add) log.debug({ market, reason }, `${market} is recorded: ${reason}`);
    for (const { market, reason } of remove)
      log.debug({ market, reason }, `${market} is no longer recorded: ${reason}`);
    if (add.length + remove.length > 0) {
      const now = this.#state.members.size;
      log.info(
        { added: add.length, removed: remove.length, markets: now },
        `markets: ${add.length} added, ${remove.length} removed, ${now} recorded`,
      );
    }
    if (roll === 'empty') log.info({ roll }, 'no market that fits is open now; new ones are recorded when they open');
    if (roll === 'open') log.info({ roll }, 'markets that fit are open');
    if (list) this.#do(this.#list());
    if (lookUp.length > 0) {
      this.#waiting.push(...lookUp);
      if (!this.#lookingUp) this.#do(this.#lookUp());
    }
    this.#cancelTimer();
    if (wakeAtMs === Infinity) return;
    const delayMs = Math.min(LONGEST_TIMER_MS, Math.max(0, wakeAtMs - atMs));
    this.#cancelTimer = runtime.setTimer(delayMs, () => this.#take({ type: 'time-passed' }));
  }

  #do(work: Promise<void>): void {
    this.#work.add(work);
    void work.finally(() => this.#work.delete(work));
  }

  async #list(): Promise<void> {
    const { source, rules } = this.#options;
    try {
      const { markets, unreadable } = await source.list(rules, this.#ends.signal);
      this.#succeeded(unreadable);
      this.#take({ type: 'listed', markets });
    } catch (error) {
      this.#failed('the open markets could not be listed', error);
      this.#take({ type: 'listing-failed' });
    }
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
      const { markets, unreadable } = await this.#options.source.lookUp(asked, this.#ends.signal);
      this.#succeeded(unreadable);
      this.#take({ type: 'looked-up', asked, markets });
    } catch (error) {
      this.#failed(`${asked.length} markets could not be looked up`, error);
      this.#take({ type: 'look-up-failed', asked });
    }
  }

  #succeeded(unreadable: number): void {
    this.#problem = null;
    this.#unreadable += unreadable;
    if (unreadable > 0) this.#options.log.warn({ unreadable }, 'a listing has entries that cannot be read');
  }

  #failed(what: string, error: unknown): void {
    if (this.#ends.signal.aborted) return;
    this.#problem = messageOf(error);
    const code = error instanceof RestError ? error.code : 'UNEXPECTED';
    this.#options.log.warn(
      { code, problem: this.#problem },
      `${what}; it is tried again, and no market is dropped for it`,
    );
  }
}
