// Joins the search for markets to the client: what the exchange tells of markets' lives goes to the search, and what the search
// finds goes to the client. A market that the client does not take is named, and offered again with each listing.
import {
  createMarketDiscovery,
  type MarketDiscovery,
  type MarketDiscoveryStatus,
  type MarketRules,
} from '@trader/market-discovery';
import { createSigner, type OrderbookClient } from '@trader/orderbook-client';
import { AUTH_HEADERS } from '@trader/orderbook-client/wire';
import { messageOf } from '../errors.ts';
import type { Log } from '../log/log.ts';
import { systemRuntime, type Runtime } from '../runtime/system-runtime.ts';

type Credentials = { readonly keyId: string; readonly privateKeyPem: string };

export type DiscoveryStatus = Omit<MarketDiscoveryStatus, 'listenerFailures' | 'problemCode'> & {
  readonly problemCode: string | null;
  /** Markets that the client keeps the books of; fewer than `wanted` only where it did not take one. */
  readonly markets: number;
};

export type DiscoveredMarketsOptions = {
  /** It must have the channel `market_lifecycle_v2`, and is not started or closed here. */
  readonly client: Pick<OrderbookClient, 'on' | 'status' | 'addMarkets' | 'removeMarkets'>;
  readonly search: MarketDiscovery;
  /** Markets that the client has already. Those that the search does not want go with its first whole listing. */
  readonly taken?: readonly string[];
  readonly log: Log;
  /** A listing came, in whole or in part, or failed. */
  readonly onListing?: () => void;
};

const REFUSALS_SHOWN = 20;
/** Until an event that could not be read is made up for by a listing. They may come by the hundred, and a listing costs. */
const UNREADABLE_EVENT_MS = 10_000;
const LIFECYCLE = 'market_lifecycle_v2';

/** How REST is reached, with the key's signature. A function gives the key that signs now. */
export function signedRest(
  restUrl: string,
  credentials: Credentials | (() => Credentials),
  runtime: Runtime = systemRuntime,
) {
  const sign = async ({ method, path }: { readonly method: string; readonly path: string }) => {
    const { keyId, privateKeyPem } = typeof credentials === 'function' ? credentials() : credentials;
    const timestamp = String(runtime.nowMs());
    return {
      [AUTH_HEADERS.key]: keyId,
      [AUTH_HEADERS.timestamp]: timestamp,
      [AUTH_HEADERS.signature]: await createSigner(keyId, privateKeyPem).sign(`${timestamp}${method}${path}`),
    };
  };
  return { restUrl, sign, runtime };
}

/** The search that the settings ask for. */
export const searchFor = (
  { restUrl, rules }: { readonly restUrl: string; readonly rules: MarketRules },
  credentials: Credentials | (() => Credentials),
): MarketDiscovery => createMarketDiscovery({ ...signedRest(restUrl, credentials), ...rules });

export class DiscoveredMarkets {
  readonly #options: DiscoveredMarketsOptions;
  /** Markets that the client has taken. */
  readonly #given: Set<string>;
  /** Markets that it has not taken, with why. */
  readonly #notTaken = new Map<string, string>();
  readonly #detach: readonly (() => void)[];

  constructor(options: DiscoveredMarketsOptions) {
    this.#options = options;
    this.#given = new Set(options.taken);
    this.#detach = [...this.#listenToClient(), ...this.#listenToSearch()];
  }

  /** Markets that the client has taken. */
  get taken(): readonly string[] {
    return [...this.#given];
  }

  /** Starts to look. Harmless before the client is started. */
  start(): void {
    this.#options.search.start();
  }

  status(): DiscoveryStatus {
    const { listenerFailures: _, ...status } = this.#options.search.status();
    const notTaken = [...this.#notTaken].map(([market, reason]) => ({ market, reason }));
    return {
      ...status,
      markets: this.#given.size,
      refused: status.refused + notTaken.length,
      refusals: [...status.refusals, ...notTaken].slice(0, REFUSALS_SHOWN),
    };
  }

  /** Ends it; the markets stay as they are. Resolves once no request and no timer is left. */
  async close(): Promise<void> {
    for (const detach of this.#detach) detach();
    await this.#options.search.close();
  }

  #listenToClient(): (() => void)[] {
    const { client, search } = this.#options;
    return [
      client.on('market-lifecycle', ({ market, change, metadata, openAtMs, closeAtMs }) =>
        search.acceptLifecycle({ market, change, eventTicker: metadata?.eventTicker ?? null, openAtMs, closeAtMs }),
      ),
      client.on('gap', ({ channel }) => channel === LIFECYCLE && search.acceptMissedFacts()),
      // One that cannot be read, and may have been of the lifecycle. What it said, a listing says too.
      client.on('unrecognized', ({ sid, reason }) => {
        if (reason === null || (sid !== null && !this.#isLifecycle(sid))) return;
        search.acceptMissedFacts(UNREADABLE_EVENT_MS);
      }),
      // What happened before a subscription stands, nobody tells.
      client.on('status', ({ to }) => to === 'live' && search.acceptMissedFacts()),
    ];
  }

  #listenToSearch(): (() => void)[] {
    const { search, log, onListing } = this.#options;
    return [
      search.on('refused', ({ market, reason }) => this.#tellRefused(market, reason)),
      search.on('roll', ({ roll }) =>
        roll === 'open'
          ? log.info({ roll }, 'markets that fit are open')
          : log.info({ roll }, 'no market that fits is open now; new ones are recorded when they open'),
      ),
      search.on('change', ({ added, removed }) => {
        for (const { market, reason } of added) log.debug({ market, reason }, `${market} is to be recorded: ${reason}`);
        for (const { market, reason } of removed)
          log.debug({ market, reason }, `${market} is no longer recorded: ${reason}`);
        this.#bringAbout();
      }),
      search.on('listing', ({ outcome, added, removed }) => {
        if (outcome !== 'failed' && added + removed === 0) this.#bringAbout();
        onListing?.();
      }),
      search.on('problem', ({ what, error: { code, message } }) =>
        log.warn({ code, problem: message }, `${what}; it is tried again, and no market is dropped for it`),
      ),
      search.on('listener-failed', ({ error: { code, cause } }) => log.error({ code, err: cause }, messageOf(cause))),
    ];
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
    const { client, log, search } = this.#options;
    for (const market of this.#notTaken.keys()) if (!search.has(market)) this.#notTaken.delete(market);
    // Before that nobody knows which of those that the client had are not wanted.
    const isListed = search.status().listings > 0;
    const gone = isListed ? [...this.#given].filter((market) => !search.has(market)) : [];
    const come = search.markets().filter((market) => !this.#given.has(market));
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
}
