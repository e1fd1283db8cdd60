import { createPublicKey, generateKeyPair, type KeyObject, randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { WEBSOCKET_PATH } from '@trader/orderbook-client/wire';
import type { BookLevels } from './core/book.ts';
import { Generator } from './core/generator.ts';
import type { Market } from './core/market.ts';
import { seededRandom } from './core/seeded-random.ts';
import { count, newTally, type Tally } from './core/tally.ts';
import { marketsOfTapes, type TapeContents } from './core/tape-markets.ts';
import { timelineOrigins } from './core/tape-timeline.ts';
import type { ExchangeError } from './errors.ts';
import { ExchangeServer } from './io/exchange-server.ts';
import { GeneratorPlayer } from './io/generator-player.ts';
import { TapeCursor } from './io/tape-cursor.ts';
import { TapePlayer } from './io/tape-player.ts';
import { scanTape } from './io/tape-scan.ts';
import { type ExchangeOptions, type ResolvedOptions, resolveOptions } from './options.ts';
import { exchangeTotals, type ExchangeTotals } from './totals.ts';

/** A running exchange on this machine. */
export interface Exchange extends AsyncDisposable {
  /** `ws://127.0.0.1:<port>/trade-api/ws/v2` */
  readonly url: string;
  /** A key that may connect, made at start (RSA, 2048 bits) and known to this exchange only. */
  readonly credentials: { readonly keyId: string; readonly privateKeyPem: string };
  /** Tickers, sorted. */
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
   * for the generator.
   */
  readonly finished: Promise<void>;
  /** Why the tapes were not played to their end, once `finished` has settled: `TAPE_*` or `CLOSED_BEFORE_END`. */
  readonly failure: ExchangeError | undefined;
  /** What was counted since the start; a copy. */
  totals(): ExchangeTotals;
  /** Cuts every connection without a close frame: clients see 1006. */
  dropConnections(): void;
  /** Ends it: no socket, timer or file is left when it resolves. Idempotent. */
  close(): Promise<void>;
}

/**
 * Starts an exchange that speaks Kalshi's WebSocket protocol for the order-book channel on 127.0.0.1. Without tapes a
 * generated market runs from the start.
 *
 * @throws {TypeError | RangeError} for a wrong option, quoting its value
 * @throws {ExchangeError} `TAPE_UNREADABLE`, `TAPE_INVALID`, `KEY_INVALID`, `PORT_IN_USE`, `LISTEN_FAILED`
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
  const credentials = await makeCredentials();
  const source = resolved.tapes.length > 0 ? await openTapes(resolved, tally) : makeGenerator(resolved);
  const markets = new Map(source.markets.map((market) => [market.ticker, market]));

  const server = new ExchangeServer({
    ...resolved,
    markets,
    tally,
    keys: acceptedKeys(resolved, credentials),
    random: seededRandom(resolved.seed),
    onAudienceChanged: () => audienceChanged(),
  });
  const port = await server.listen(resolved.port);

  const shared = { audience: server, markets, tally, runtime: resolved.runtime };
  const generator = source.generator && new GeneratorPlayer({ ...shared, generator: source.generator });
  const tapes = source.cursors && new TapePlayer({ ...shared, cursors: source.cursors, speed: resolved.speed });

  function audienceChanged(): void {
    if (resolved.playback === 'on-subscribe' && server.present) tapes?.start();
    tapes?.wake();
  }

  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    generator?.close();
    await Promise.all([tapes?.close(), server.close()]);
  };

  return {
    url: `ws://127.0.0.1:${port}${WEBSOCKET_PATH}`,
    credentials,
    markets: [...markets.keys()],
    book: (ticker) => markets.get(ticker)?.book.levels(),
    play: () => tapes?.start(),
    finished: tapes?.finished ?? new Promise<never>(() => undefined),
    get failure() {
      return tapes?.failure;
    },
    totals: () => exchangeTotals(tally, server.openConnections),
    dropConnections: () => server.dropConnections(),
    close: () => (closing ??= close()),
    [Symbol.asyncDispose]: () => (closing ??= close()),
  };
}

type Source = {
  readonly markets: readonly Market[];
  readonly generator?: Generator;
  readonly cursors?: readonly TapeCursor[];
};

async function openTapes({ tapes }: ResolvedOptions, tally: Tally): Promise<Source> {
  const contents: TapeContents[] = [];
  for (const file of tapes) contents.push(await scanTape(file));
  const origins = timelineOrigins(contents);
  const { markets, primed } = marketsOfTapes(contents);
  const cursors = tapes.map(
    (file, order) =>
      new TapeCursor({
        file,
        order,
        firstMs: contents[order]?.firstMs,
        originMs: origins[order] ?? 0,
        primed: primed[order] ?? new Set(),
        onSkipped: (type) => count(tally.skipped, type),
      }),
  );
  return { markets, cursors };
}

function makeGenerator({ markets, deltasPerSecond, seed }: ResolvedOptions): Source {
  const generator = new Generator({ markets, deltasPerSecond, random: seededRandom(seed) });
  return { markets: generator.markets, generator };
}

async function makeCredentials(): Promise<Exchange['credentials']> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  return { keyId: randomUUID(), privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }) };
}

function acceptedKeys({ keys }: ResolvedOptions, own: Exchange['credentials']): ReadonlyMap<string, KeyObject> {
  const accepted = new Map(keys.map(({ keyId, publicKey }) => [keyId, publicKey]));
  return accepted.set(own.keyId, createPublicKey(own.privateKeyPem));
}
