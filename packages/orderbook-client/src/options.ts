import type { Backoff } from './core/state/backoff.ts';
import type { ChannelScope } from './core/state/subscription.ts';
import { systemRuntime, type Runtime } from './io/runtime.ts';
import { createSigner, type Signer } from './io/signer.ts';
import { openWebSocket, type OpenSocket } from './io/socket.ts';
import type { WireChannel } from './wire.ts';

export interface OrderbookClientOptions {
  /** WebSocket URL, `wss://external-api-ws.kalshi.com/trade-api/ws/v2` for production. */
  readonly url: string;
  /** A key as PEM text, or a signer that keeps the key elsewhere. Every handshake is signed, public data included. */
  readonly credentials: { readonly keyId: string; readonly privateKeyPem: string } | Signer;
  /** Tickers whose books are kept from the start; more come and go with `addMarkets` and `removeMarkets`. */
  readonly markets: readonly string[];
  /**
   * Channels beside `orderbook_delta`, which is always subscribed to. `markets`: for the wanted markets only. `all`: for
   * whatever the exchange or the account has; `trade`, `ticker`, `fill` and `user_orders` know both, the others only
   * this. The frames of a {@link RawChannel} are passed on unread.
   *
   * @default {}
   */
  readonly channels?: OptionalChannels;
  /** Sockets over which the markets are spread. One carries thousands. @default 1 */
  readonly connections?: number;
  /** Most markets that one command names. @default 500 */
  readonly marketsPerCommand?: number;
  /** Commands that a connection sends in a second, at most; the others wait their turn. @default 100 */
  readonly commandsPerSecond?: number;
  /** Longest wait for an open socket, handshake included, in ms. @default 10000 */
  readonly connectTimeoutMs?: number;
  /** Longest wait for a snapshot that was asked for, in ms; it grows while an asked market stays silent. @default 10000 */
  readonly answerTimeoutMs?: number;
  /** Time between this client's own pings, in ms. @default 10000 */
  readonly pingIntervalMs?: number;
  /** Longest wait for a pong, in ms; then the connection counts as dead. @default 10000 */
  readonly pongTimeoutMs?: number;
  /**
   * Time between audits, in ms: one book after the other is asked for again and compared. The unanswered question is how
   * a dead subscription is told from a quiet one. `Infinity` switches it off. @default 10000
   */
  readonly auditIntervalMs?: number;
  /** A connection that lasted this long, in ms, starts the retry delays anew. @default 10000 */
  readonly stableAfterMs?: number;
  /** Least wait after a rejected key, in ms; at most twice that. @default 30000 */
  readonly authRetryMs?: number;
  /**
   * Delay between retries, with full jitter: the first is immediate, then at most `baseMs`, doubling up to `maxMs`. Retrying never
   * ends. @default { baseMs: 500, maxMs: 30000 }
   */
  readonly backoff?: Backoff;
  /** Clock, timers and randomness. @default the system's */
  readonly runtime?: Runtime;
  /** How a socket is opened. @default ws */
  readonly openSocket?: OpenSocket;
}

type Scoped = 'trade' | 'ticker' | 'fill' | 'user_orders';

/** Which channels, and for which markets. */
export type OptionalChannels = Readonly<Partial<Record<Scoped, ChannelScope>>> & {
  readonly market_lifecycle_v2?: 'all';
  readonly market_positions?: 'all';
  readonly order_group_updates?: 'all';
  readonly communications?: 'all';
  readonly multivariate_market_lifecycle?: 'all';
  readonly cfbenchmarks_value?: 'all';
  readonly cfbenchmarks_value_5hz?: 'all';
  readonly pyth_value?: 'all';
};

const SCOPES: Record<keyof OptionalChannels, readonly ChannelScope[]> = {
  trade: ['markets', 'all'],
  ticker: ['markets', 'all'],
  fill: ['markets', 'all'],
  user_orders: ['markets', 'all'],
  market_positions: ['all'],
  market_lifecycle_v2: ['all'],
  order_group_updates: ['all'],
  communications: ['all'],
  multivariate_market_lifecycle: ['all'],
  cfbenchmarks_value: ['all'],
  cfbenchmarks_value_5hz: ['all'],
  pyth_value: ['all'],
};

export type ResolvedOptions = Required<Omit<OrderbookClientOptions, 'credentials' | 'channels'>> & {
  readonly signer: Signer;
  readonly channels: ReadonlyMap<WireChannel, ChannelScope>;
};

/**
 * Checks the options and fills in the defaults.
 *
 * @throws {TypeError} for a wrong URL, market list or credentials
 * @throws {RangeError} for a number outside its range
 * @throws {OrderbookClientError} `KEY_INVALID`
 */
export function resolveOptions(options: OrderbookClientOptions): ResolvedOptions {
  const { url, credentials, markets, backoff = { baseMs: 500, maxMs: 30_000 } } = options;
  if (!URL.canParse(url) || !/^wss?:$/.test(new URL(url).protocol)) {
    throw new TypeError(`url must be a ws:// or wss:// URL, not ${JSON.stringify(withoutSecrets(url))}`);
  }
  if (credentials.keyId === '') throw new TypeError('credentials.keyId must not be empty');
  return Object.freeze({
    url,
    signer: 'sign' in credentials ? credentials : createSigner(credentials.keyId, credentials.privateKeyPem),
    markets: tickers(markets),
    channels: channelsOf(options.channels ?? {}),
    connections: atLeast('connections', 1, options.connections ?? 1),
    commandsPerSecond: atLeast('commandsPerSecond', 1, options.commandsPerSecond ?? 100),
    marketsPerCommand: atLeast('marketsPerCommand', 1, options.marketsPerCommand ?? 500),
    connectTimeoutMs: atLeast('connectTimeoutMs', 1, options.connectTimeoutMs ?? 10_000),
    answerTimeoutMs: atLeast('answerTimeoutMs', 1, options.answerTimeoutMs ?? 10_000),
    pingIntervalMs: atLeast('pingIntervalMs', 1, options.pingIntervalMs ?? 10_000),
    pongTimeoutMs: atLeast('pongTimeoutMs', 1, options.pongTimeoutMs ?? 10_000),
    auditIntervalMs:
      options.auditIntervalMs === Infinity
        ? Infinity
        : atLeast('auditIntervalMs', 1, options.auditIntervalMs ?? 10_000),
    stableAfterMs: atLeast('stableAfterMs', 0, options.stableAfterMs ?? 10_000),
    authRetryMs: atLeast('authRetryMs', 0, options.authRetryMs ?? 30_000),
    backoff: {
      baseMs: atLeast('backoff.baseMs', 1, backoff.baseMs),
      maxMs: atLeast('backoff.maxMs', backoff.baseMs, backoff.maxMs),
    },
    runtime: options.runtime ?? systemRuntime,
    openSocket: options.openSocket ?? openWebSocket,
  });
}

function channelsOf(channels: OptionalChannels): Map<WireChannel, ChannelScope> {
  const chosen = new Map<WireChannel, ChannelScope>();
  for (const [name, scope] of Object.entries(channels)) {
    const scopes = Object.hasOwn(SCOPES, name) ? SCOPES[name as keyof OptionalChannels] : undefined;
    if (!scopes)
      throw new TypeError(`channels has no ${JSON.stringify(name)}; it has ${Object.keys(SCOPES).join(', ')}`);
    if (!scopes.includes(scope)) {
      throw new TypeError(
        `channels.${name} must be ${scopes.map((one) => `'${one}'`).join(' or ')}, not ${JSON.stringify(scope)}`,
      );
    }
    chosen.set(name as keyof OptionalChannels, scope);
  }
  return chosen;
}

/** Whether a client takes this as the ticker of a market. The published pattern forbids the dots that real tickers have. */
export const isMarketTicker = (text: string): boolean => /^[A-Z0-9][A-Z0-9.-]*$/.test(text);

/**
 * The list without repetitions.
 *
 * @throws {TypeError} if one of them is no ticker
 */
export function tickers(markets: readonly string[]): readonly string[] {
  for (const market of markets) {
    if (!isMarketTicker(market)) throw new TypeError(`${JSON.stringify(market)} is not a market ticker`);
  }
  return [...new Set(markets)];
}

/** @throws {RangeError} quoting the value */
export function atLeast(name: string, least: number, value: number): number {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new RangeError(`${name} must be a whole number of at least ${least}, not ${value}`);
  }
  return value;
}

/** A URL may carry a user and password; an error message must not. */
const withoutSecrets = (url: string): string => url.replace(/\/\/[^/]*@/, '//…@');
