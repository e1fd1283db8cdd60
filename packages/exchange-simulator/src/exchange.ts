// An exchange, put together. In go options; out comes a running exchange: the source of what happens (tapes or the generator),
// the server that people connect to, REST, faults and control around the same markets.
import { createPublicKey, type KeyObject } from 'node:crypto';
import { WEBSOCKET_PATH } from '@trader/orderbook-client/wire';
import type { BookLevels } from './core/market/book.ts';
import { FeeSchedule } from './core/accounts/fees.ts';
import { newExchangeState } from './core/exchange-state.ts';
import { applyConditions } from './core/faults/conditions.ts';
import { FaultEngine } from './core/faults/fault-engine.ts';
import { Generator } from './core/flow/generator.ts';
import { Hub } from './core/socket/hub.ts';
import { DOLLAR_OF_MONEY } from './core/market/fixed-point.ts';
import type { Market } from './core/market/market.ts';
import { MarketConditions } from './core/flow/market-conditions.ts';
import { Publisher } from './core/socket/publisher.ts';
import { seededRandom } from './core/seeded-random.ts';
import { count, newTally, type Tally } from './core/tally.ts';
import { marketsOfTapes, type TapeContents } from './core/tape/tape-markets.ts';
import { timelineOrigins } from './core/tape/tape-timeline.ts';
import { makeCertificate } from './io/certificate.ts';
import { type ExchangeCredentials, makeCredentials } from './io/credentials.ts';
import type { ExchangeError } from './errors.ts';
import type { ControlTarget } from './io/control-routes.ts';
import { ControlServer } from './io/control-server.ts';
import { ExchangeServer } from './io/exchange-server.ts';
import { FaultControl, type ExchangeFaults } from './io/fault-control.ts';
import { GeneratorPlayer } from './io/generator-player.ts';
import { type ExchangeMarkets, type ExchangeOrders, marketControl } from './io/market-control.ts';
import { startRecording } from './io/recording.ts';
import { REST_PATH, RestServer } from './io/rest-server.ts';
import { TapeCursor } from './io/tape-cursor.ts';
import { type TapeAudience, TapePlayer } from './io/tape-player.ts';
import type { TapeRecorder } from './io/tape-recorder.ts';
import { scanTape } from './io/tape-scan.ts';
import { type ExchangeOptions, type ResolvedOptions, resolveOptions } from './options.ts';
import { exchangeTotals, type ExchangeTotals } from './core/totals.ts';

/** What can be switched on a running exchange. */
export interface ExchangeControl {
  /** What goes wrong. */
  readonly faults: ExchangeFaults;
  /** The life of generated markets. */
  readonly markets: ExchangeMarkets;
  /** What accounts do: orders by hand, until there is order entry. */
  readonly orders: ExchangeOrders;
  /** Cuts every connection without a close frame. @returns how many there were */
  dropConnections(): number;
}

/** A running exchange on this machine. */
export interface Exchange extends AsyncDisposable {
  /** `ws://127.0.0.1:<port>/trade-api/ws/v2`, `wss` with `tls` */
  readonly url: string;
  /** `http://127.0.0.1:<port>/trade-api/v2`, `https` with `tls` */
  readonly restUrl: string;
  /** With `tls`: the authority that clients have to trust, in PEM, made at start. */
  readonly certificatePem: string | undefined;
  /** A key that may connect, made at start and known to this exchange only. */
  readonly credentials: ExchangeCredentials;
  /** Tickers that are listed now, sorted. */
  readonly markets: readonly string[];
  /**
   * The exchange's own truth about a market at this moment, or `undefined` for a ticker it does not have. Prices are
   * integers of 1/10,000 dollar (NO prices on the NO side), sizes integers of 1/100 contract, levels ascending by price.
   */
  book(ticker: string): BookLevels | undefined;
  /** Starts the tapes of `playback: 'on-play'` now. Harmless twice, and without tapes. */
  play(): void;
  /**
   * Settles when every frame of the tapes was played and handed to the sockets of its subscribers, when a tape breaks
   * while it plays, or when the exchange is closed before: {@link Exchange.failure} tells. Never rejects; never settles
   * for the generator, and with `loop` only when it is closed.
   */
  readonly finished: Promise<void>;
  /** Why the tapes were not played to their end, once `finished` has settled: `TAPE_*` or `CLOSED_BEFORE_END`. */
  readonly failure: ExchangeError | undefined;
  /** Why the tape of the `record` option is not whole; known at the latest when `close()` has resolved. */
  readonly recordingFailure: ExchangeError | undefined;
  /** What was counted since the start; a copy. */
  totals(): ExchangeTotals;
  /** Cuts every connection without a close frame: clients see 1006. */
  dropConnections(): void;
  /** What can be switched while it runs; the same over HTTP under `/control/`. */
  readonly control: ExchangeControl;
  /** Ends it: no socket, timer or file is left when it resolves. Idempotent. */
  close(): Promise<void>;
  /** Settles when it has ended, whoever closed it. */
  readonly closed: Promise<void>;
}

/**
 * Starts an exchange that speaks Kalshi's WebSocket protocol and REST on 127.0.0.1. Without tapes a generated market runs
 * from the start.
 *
 * @throws {TypeError | RangeError} for a wrong option, quoting its value
 * @throws {ExchangeError} `TAPE_UNREADABLE`, `TAPE_INVALID`, `KEY_INVALID`, `PORT_IN_USE`, `LISTEN_FAILED`,
 *   `RECORDING_FAILED`, `FAULT_NOT_POSSIBLE`
 *
 * @example
 * ```ts
 * await using exchange = await createExchange({ markets: 5, deltasPerSecond: 50 });
 * console.log(exchange.url, exchange.credentials.keyId);
 * ```
 */
export async function createExchange(options?: ExchangeOptions): Promise<Exchange> {
  const resolved = resolveOptions(options);
  const tally = newTally();
  const credentials = await makeCredentials(resolved.keyType);
  const keys = acceptedKeys(resolved, credentials);
  // Clients look at its dates with their own clock, not with the exchange's.
  const certificate = resolved.tls ? makeCertificate(Date.now()) : undefined;
  const state = newExchangeState();
  const hub = new Hub();
  const publisher = new Publisher({ hub, tally });
  const startMs = Math.floor(resolved.runtime.nowMs());
  const fees = new FeeSchedule(resolved.fees);
  const startBalance = resolved.balanceDollars * DOLLAR_OF_MONEY;
  const source: Source =
    resolved.tapes.length > 0
      ? await openTapes(resolved, tally)
      : generated(new Generator({ ...resolved, startMs, publisher, state, fees, startBalance }));
  const { markets } = source;
  const conditions = source.generator && new MarketConditions(source.generator);

  const accounts = source.generator?.accounts;
  const rest = new RestServer({ ...resolved, markets, state, keys, tally, fees, accounts, startBalance });

  const engine = new FaultEngine({
    seed: resolved.seed,
    markets,
    onConditions: (now, before) => {
      applyConditions(now, before, state, resolved.runtime.nowMs());
      generator?.perform((atMicros) => conditions?.apply(now, atMicros));
    },
  });
  const faults = new FaultControl({
    engine,
    runtime: resolved.runtime,
    impossible: source.generator ? [] : ['no-open-markets', 'price-structure'],
    connections: () => server.connectionNumbers,
    onChanged: () => server.applyFaults(),
  });
  faults.refuseImpossible(resolved.faults);
  const control = new ControlServer({ target: () => controlTarget, close: () => void exchange.close() });

  const server: ExchangeServer = new ExchangeServer({
    ...resolved,
    faults: engine,
    markets,
    hub,
    tally,
    keys,
    certificate,
    grants: grantsOf(resolved),
    routes: [rest.route, control.route],
    random: seededRandom(resolved.seed),
    onAudienceChanged: () => audienceChanged(),
  });
  const port = await server.listen(resolved.port);
  const recorder = await startRecordingIfAsked();

  const audience: TapeAudience = {
    get present() {
      return server.present;
    },
    get slow() {
      return server.slow || (recorder?.slow ?? false);
    },
    endSlowSubscriptions: () => server.endSlowSubscriptions(),
    get following() {
      return server.following;
    },
    skipNumbers: (channel, count) => server.skipNumbers(channel, count),
    hangUp: () => server.hangUp(),
  };
  const shared = { audience, markets, publisher, tally, runtime: resolved.runtime };
  const generator: GeneratorPlayer | undefined =
    source.generator && new GeneratorPlayer({ ...shared, startMs, generator: source.generator });
  const byHand = marketControl({ generator: source.generator, player: generator, state, keyId: credentials.keyId });
  faults.addAll(resolved.faults);
  const tapes = source.openCursors && new TapePlayer({ ...resolved, ...shared, openCursors: source.openCursors });

  async function startRecordingIfAsked(): Promise<TapeRecorder | undefined> {
    const { record: file, runtime } = resolved;
    if (file === undefined) return undefined;
    try {
      return await startRecording({ file, runtime, markets, hub, onDrained: () => audienceChanged() });
    } catch (error) {
      await server.close();
      throw error;
    }
  }

  function audienceChanged(): void {
    if (resolved.playback === 'on-subscribe' && server.present) tapes?.start();
    tapes?.wake();
  }

  const controlTarget: ControlTarget = {
    ...byHand,
    faults,
    tickers: () => exchange.markets,
    book: (ticker) => exchange.book(ticker),
    totals: () => exchange.totals(),
    tradingActive: () => state.tradingActive,
    play: () => exchange.play(),
    dropConnections: () => server.dropConnections(),
  };

  const closed = Promise.withResolvers<void>();
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    faults.close();
    generator?.close();
    await Promise.all([tapes?.close(), server.close()]);
    await recorder?.close();
    closed.resolve();
  };

  const exchange: Exchange = {
    url: `${certificate ? 'wss' : 'ws'}://127.0.0.1:${port}${WEBSOCKET_PATH}`,
    restUrl: `${certificate ? 'https' : 'http'}://127.0.0.1:${port}${REST_PATH}`,
    certificatePem: certificate?.authorityPem,
    credentials,
    get markets() {
      return [...markets.keys()].toSorted();
    },
    book: (ticker) => markets.get(ticker)?.book.levels(),
    play: () => tapes?.start(),
    finished: tapes?.finished ?? new Promise<never>(() => undefined),
    get failure() {
      return tapes?.failure;
    },
    get recordingFailure() {
      return recorder?.failure;
    },
    totals: () => exchangeTotals(tally, server.openConnections, engine.hits()),
    dropConnections: () => void server.dropConnections(),
    control: { ...byHand, faults, dropConnections: () => server.dropConnections() },
    closed: closed.promise,
    close: () => (closing ??= close()),
    [Symbol.asyncDispose]: () => (closing ??= close()),
  };
  return exchange;
}

type Source = {
  readonly markets: ReadonlyMap<string, Market>;
  readonly generator?: Generator;
  readonly openCursors?: () => readonly TapeCursor[];
};

async function openTapes({ tapes, onBadLine }: ResolvedOptions, tally: Tally): Promise<Source> {
  const contents: TapeContents[] = [];
  for (const file of tapes) contents.push(await scanTape(file, onBadLine));
  const origins = timelineOrigins(contents);
  const { markets, primed } = marketsOfTapes(contents);
  const openCursors = () =>
    tapes.map(
      (file, order) =>
        new TapeCursor({
          file,
          order,
          firstMs: contents[order]?.firstMs,
          originMs: origins[order] ?? 0,
          primed: primed[order] ?? new Set(),
          badLines: contents[order]?.badLines ?? new Set(),
          onSkipped: (type) => count(tally.skipped, type),
        }),
    );
  return { markets: new Map(markets.map((market) => [market.ticker, market])), openCursors };
}

const generated = (generator: Generator): Source => ({ markets: generator.markets, generator });

function grantsOf({ keys }: ResolvedOptions): ReadonlyMap<string, ReadonlySet<string>> {
  const grants = new Map<string, ReadonlySet<string>>();
  for (const { keyId, channels } of keys) if (channels) grants.set(keyId, channels);
  return grants;
}

function acceptedKeys({ keys }: ResolvedOptions, own: ExchangeCredentials): ReadonlyMap<string, KeyObject> {
  const accepted = new Map(keys.map(({ keyId, publicKey }) => [keyId, publicKey]));
  return accepted.set(own.keyId, createPublicKey(own.privateKeyPem));
}
