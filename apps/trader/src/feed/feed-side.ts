// The exchange's side of the trader: the client, what searches markets for it, and what records it. It tells the coordinator
// when the feed comes, when it goes, and when a session takes no more records.
import type { MarketDescription } from '@trader/market-discovery';
import { createOrderbookClient, type FeedPhase, type OrderbookClient } from '@trader/orderbook-client';
import type { RecordingSession } from '@trader/session-store';
import { AskedMarkets, type UnknownMarket } from './asked-markets.ts';
import { discoveryToHealth, unknownToHealth } from './markets-to-health.ts';
import { feedToHealth, readingToHealth, type FeedHealth } from './feed-to-health.ts';
import type { CoordinatorFact } from '../coordinator/step.ts';
import { DiscoveredMarkets, searchFor, type DiscoveryStatus } from './discovered-markets.ts';
import { messageOf } from '../errors.ts';
import type { Unread } from './feed-reading.ts';
import { gapText } from './gap-text.ts';
import type { Log } from '../log/log.ts';
import { Recorder, type RecorderCounters } from './recorder.ts';
import { ReferenceRecords, type ReferenceRecordsOptions } from './reference-records.ts';
import type { FeedOptions } from '../trader-contract.ts';

export type FeedSideOptions = {
  readonly feed: FeedOptions;
  readonly log: Log;
  /** Called with the client before it is started. */
  readonly onClient: (client: OrderbookClient) => void;
  readonly observe: (health: FeedHealth) => void;
  readonly observeReading: (health: FeedHealth) => void;
  readonly observeMarkets: (health: FeedHealth) => void;
  readonly tell: (fact: CoordinatorFact) => void;
};

export class FeedSide {
  readonly #options: FeedSideOptions;
  /** As it is now: what was given at first, and what was changed since. */
  #feed: FeedOptions;
  #client: OrderbookClient | null = null;
  #recorder: Recorder | null = null;
  #phase: FeedPhase = 'idle';
  /** The client's latest since it was live, its code first. */
  #problem: string | null = null;
  /** We ask for new connections ourselves at this moment. */
  #isRemaking = false;
  #discovery: DiscoveredMarkets | null = null;
  #asked: AskedMarkets | null = null;
  #reference: ReferenceRecords | null = null;
  /** Channels are subscribed to at the start. */
  #hearsLifecycle = false;

  constructor(options: FeedSideOptions) {
    this.#options = options;
    this.#feed = options.feed;
  }

  /** `null` until it was started. */
  get client(): OrderbookClient | null {
    return this.#client;
  }

  /** The one that is recorded into. */
  get session(): RecordingSession | null {
    return this.#recorder?.session ?? null;
  }

  get recorded(): RecorderCounters | null {
    return this.#recorder?.counters ?? null;
  }

  /** Markets that somebody named and that the exchange does not know. */
  get unknownMarkets(): readonly UnknownMarket[] {
    return this.#asked?.unknown ?? [];
  }

  /** What the exchange says of the markets, as far as it was asked. */
  get descriptions(): readonly MarketDescription[] {
    return this.#reference?.markets() ?? [];
  }

  /** `null` without a search. */
  get discovery(): DiscoveryStatus | null {
    return this.#discovery?.status() ?? null;
  }

  /** When the first record arrived that waits for a session; `null` where none does. */
  get firstWaitingAtMs(): number | null {
    return this.#recorder?.firstWaitingAtMs ?? null;
  }

  start(): void {
    const { discovery, areNamed, restUrl, ...feed } = this.#feed;
    const channels = { ...feed.channels, ...(discovery && { market_lifecycle_v2: 'all' as const }) };
    const client = createOrderbookClient({ ...feed, channels });
    this.#client = client;
    this.#hearsLifecycle = channels.market_lifecycle_v2 !== undefined;
    this.#options.onClient(client);
    this.#recorder = new Recorder(
      client,
      (session, error) => {
        this.#options.tell({ type: 'session-failed', sessionId: session.id, reason: messageOf(error) });
      },
      (what, error) => {
        const text = `${what} cannot be stored, and is a gap with the cause refused: ${messageOf(error)}`;
        this.#options.log.error({ code: 'RECORD_INVALID' }, text);
      },
      (unread) => this.#readingChanged(unread),
    );
    this.#options.observeReading(readingToHealth(null));
    this.#listen(client, this.#recorder);
    if (!discovery) this.#options.observeMarkets(unknownToHealth([], 0));
    if (areNamed) this.#asked = this.#watchNamed(client, feed.markets);
    if (discovery) this.#discover(client, discovery);
    if (restUrl !== undefined) this.#reference = this.#describe(client, this.#recorder, restUrl);
    client.start();
  }

  /** New connections, whatever the present ones are like, or the first ones if it could not be started. */
  remake(reason: string): void {
    if (!this.#client) return this.start();
    this.#isRemaking = true;
    this.#client.reconnect(reason);
    this.#isRemaking = false;
  }

  /** Another process records: what comes is let go. */
  standBy(): void {
    this.#recorder!.standBy();
  }

  /** The next handshake and request to REST are signed by it. */
  setCredentials(credentials: FeedOptions['credentials']): void {
    this.#feed = { ...this.#feed, credentials };
    this.#client?.setCredentials(credentials);
  }

  /**
   * Wants others. What is wanted before and after is not disturbed: a new search takes over what the one before it has found, and
   * lets go of nothing before it has listed. Resolves once the one before it has ended.
   */
  async setMarkets({ markets, discovery }: Pick<FeedOptions, 'markets' | 'discovery'>): Promise<void> {
    const { discovery: _, ...others } = this.#feed;
    const before = this.#discovery?.taken ?? this.#feed.markets;
    this.#feed = { ...others, markets, ...(discovery && { discovery }) };
    const client = this.#client;
    if (!client) return;
    const isClosed = this.#discovery?.close();
    this.#discovery = null;
    client.addMarkets(markets);
    this.#asked?.ask(markets);
    if (discovery && !this.#hearsLifecycle) {
      const text =
        'new markets are found by listings alone until the trader is restarted: it was started without a search';
      this.#options.log.warn({ code: 'NEEDS_RESTART' }, text);
    }
    if (discovery) this.#discover(client, discovery, before);
    else client.removeMarkets(before.filter((market) => !markets.includes(market)));
    await isClosed;
  }

  /** Records into the session from now on. */
  record(session: RecordingSession): void {
    this.#recorder!.attach(session);
    this.#reference?.recordAll();
  }

  /** Stops recording; the session is the caller's to end. */
  detach(): RecordingSession | null {
    return this.#recorder?.detach() ?? null;
  }

  /** Nothing more comes in. The session stays, to be detached. Idempotent. */
  async close(): Promise<void> {
    await Promise.all([this.#discovery?.close(), this.#reference?.close(), this.#client?.close()]);
  }

  #listen(client: OrderbookClient, recorder: Recorder): void {
    const { log, observe, tell } = this.#options;
    client.on('problem', ({ error, retryInMs }) => {
      this.#problem = `${error.code}: ${error.message}`;
      log[this.#isRemaking ? 'info' : 'warn']({ code: error.code, retryInMs }, error.message);
    });
    client.on('gap', (gap) => log[recorder.letsGo(gap) ? 'debug' : 'warn']({ gap }, gapText(gap)));
    client.on('status', ({ to }) => {
      log.debug({ phase: to, epoch: client.status().epoch }, `feed: ${to}`);
      this.#phase = to;
      if (to === 'live') this.#problem = null;
      observe(feedToHealth(to, this.#problem, recorder.unread));
      if (to === 'live') tell({ type: 'feed-came', fresh: recorder.isFresh });
      else tell({ type: 'feed-went' });
    });
  }

  #readingChanged(unread: Unread | null): void {
    const { observe, observeReading } = this.#options;
    // Also where it has caught up to the place at which it stopped next: from there the time counts anew.
    if (unread !== null) observe(feedToHealth(this.#phase, this.#problem, null));
    observe(feedToHealth(this.#phase, this.#problem, unread));
    observeReading(readingToHealth(unread));
  }

  #discover(
    client: OrderbookClient,
    asked: NonNullable<FeedOptions['discovery']>,
    taken: readonly string[] = [],
  ): void {
    const { log, observeMarkets } = this.#options;
    const search = searchFor(asked, () => this.#feed.credentials);
    const onListing = (): void => observeMarkets(discoveryToHealth(discovery.status()));
    const discovery = new DiscoveredMarkets({ client, search, taken, log, onListing });
    this.#discovery = discovery;
    // Not listed yet.
    onListing();
    discovery.start();
  }

  #describe(client: OrderbookClient, recorder: Recorder, restUrl: string): ReferenceRecords {
    const record: ReferenceRecordsOptions['record'] = (of) => recorder.takeReference(of);
    const credentials = () => this.#feed.credentials;
    return new ReferenceRecords({ client, restUrl, credentials, record, log: this.#options.log });
  }

  #watchNamed(client: OrderbookClient, markets: readonly string[]): AskedMarkets {
    const { log, observeMarkets } = this.#options;
    const told = new Set<string>();
    const onChange = (unknown: readonly UnknownMarket[]): void => {
      for (const { market, reason } of unknown) {
        if (told.has(market)) continue;
        told.add(market);
        const text = `the exchange does not know ${market}: ${reason}. Correct the name or take it from the list; the others are recorded`;
        log.warn({ code: 'MARKET_UNKNOWN', market, reason }, text);
      }
      observeMarkets(unknownToHealth(unknown, this.#feed.markets.length));
    };
    return new AskedMarkets({ client, markets, onChange });
  }
}
