import type { Backoff } from './core/state/backoff.ts';
import type { ChannelScope } from './core/state/subscription.ts';
import { systemRuntime, type Runtime } from './io/runtime.ts';
import { createSigner, isKeyId, type Signer } from './io/signer.ts';
import { openWebSocket, type OpenSocket } from './io/socket.ts';
import { atLeast, durationMs, functionOf, objectWith, quote } from './option-checks.ts';
import type { WireChannel } from './wire.ts';

export interface OrderbookClientOptions {
  /** A `ws://` or `wss://` URL, of a simulator for example. Exactly one of `url` and `environment` is given. */
  readonly url?: string;
  /** The exchange itself: where real money is, or where it is not. A key is of one of the two. */
  readonly environment?: Environment;
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

export type Environment = 'production' | 'demo';

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

export type ResolvedOptions = Required<Omit<OrderbookClientOptions, 'credentials' | 'channels' | 'environment'>> & {
  readonly signer: Signer;
  readonly channels: ReadonlyMap<WireChannel, ChannelScope>;
};

/** Where each environment is. A key belongs to one of them. */
const ENVIRONMENTS = {
  production: 'wss://external-api-ws.kalshi.com/trade-api/ws/v2',
  demo: 'wss://external-api-ws.demo.kalshi.co/trade-api/ws/v2',
} as const;

/** More sockets than any account may have. */
const MAX_CONNECTIONS = 1000;

/** Each option with its check, which gets `undefined` for an option that was not given. */
const CHECKS: { readonly [Name in keyof OrderbookClientOptions]-?: (value: unknown) => unknown } = {
  url: (value) => value,
  environment: (value) => value,
  credentials: signerOf,
  markets: (value) => tickers(value as readonly string[]),
  channels: (value = {}) => channelsOf(value),
  connections: (value = 1) => atLeast('connections', 1, value, MAX_CONNECTIONS),
  marketsPerCommand: (value = 500) => atLeast('marketsPerCommand', 1, value),
  commandsPerSecond: (value = 100) => atLeast('commandsPerSecond', 1, value),
  connectTimeoutMs: (value = 10_000) => durationMs('connectTimeoutMs', 1, value),
  answerTimeoutMs: (value = 10_000) => durationMs('answerTimeoutMs', 1, value),
  pingIntervalMs: (value = 10_000) => durationMs('pingIntervalMs', 1, value),
  pongTimeoutMs: (value = 10_000) => durationMs('pongTimeoutMs', 1, value),
  auditIntervalMs: (value = 10_000) => durationMs('auditIntervalMs', 1, value),
  stableAfterMs: (value = 10_000) => durationMs('stableAfterMs', 0, value),
  authRetryMs: (value = 30_000) => durationMs('authRetryMs', 0, value),
  backoff: (value = { baseMs: 500, maxMs: 30_000 }) => backoffOf(value),
  runtime: (value = systemRuntime) => runtimeOf(value),
  openSocket: (value = openWebSocket) => functionOf('openSocket', value),
};

/** The names of all options. */
export const OPTION_NAMES = Object.keys(CHECKS) as readonly (keyof OrderbookClientOptions)[];

/**
 * Checks the options and fills in the defaults. An option that is `undefined` counts as not given.
 *
 * @throws {TypeError} for an option that is unknown, missing or of another type, and for a wrong URL, ticker or key id
 * @throws {RangeError} for a number outside its range
 * @throws {OrderbookClientError} `KEY_INVALID`
 */
export function resolveOptions(options: OrderbookClientOptions): ResolvedOptions {
  const given = objectWith('options', options, OPTION_NAMES);
  const url = addressOf(given['url'], given['environment']);
  const resolved = Object.fromEntries(OPTION_NAMES.map((name) => [name, CHECKS[name](given[name])]));
  const { environment: _environment, credentials: signer, ...others } = resolved;
  // Each check returns what its option is.
  return Object.freeze({ ...others, signer, url }) as ResolvedOptions;
}

function addressOf(url: unknown, environment: unknown): string {
  const named = Object.keys(ENVIRONMENTS).map((one) => `'${one}'`);
  if ((url === undefined) === (environment === undefined)) {
    const found = url === undefined ? 'neither' : 'both';
    throw new TypeError(`Give either url, or environment: ${named.join(' or ')}; there are ${found}.`);
  }
  if (environment !== undefined) {
    if (typeof environment === 'string' && Object.hasOwn(ENVIRONMENTS, environment))
      return ENVIRONMENTS[environment as keyof typeof ENVIRONMENTS];
    throw new TypeError(`environment must be ${named.join(' or ')}, not ${quote(environment)}`);
  }
  if (typeof url !== 'string') throw new TypeError(`url must be text, not ${quote(url)}`);
  const wrong = (what: string): TypeError => new TypeError(`url ${what}, and is ${quote(withoutSecrets(url))}`);
  if (!URL.canParse(url)) throw wrong('must be a ws:// or wss:// URL');
  const { protocol, hash } = new URL(url);
  if (!/^wss?:$/.test(protocol)) throw wrong('must be a ws:// or wss:// URL');
  if (hash !== '' || url.includes('#')) throw wrong('must have no fragment (#…), which is never sent');
  return url;
}

/**
 * What `credentials` sign with.
 *
 * @throws {TypeError | OrderbookClientError} `KEY_INVALID`
 */
export function signerOf(value: unknown): Signer {
  const needed = 'must be { keyId, privateKeyPem }, or a signer { keyId, sign }';
  if (typeof value !== 'object' || value === null) throw new TypeError(`credentials ${needed}, not ${quote(value)}`);
  const credentials = value as Partial<Signer & { readonly privateKeyPem: unknown }>;
  const { keyId, privateKeyPem } = credentials;
  if (!isKeyId(keyId)) {
    const found = typeof keyId === 'string' ? 'text that is not' : quote(keyId);
    throw new TypeError(
      `credentials.keyId must be plain text that fits into an HTTP header, not ${found}. ${KEY_ID_ADVICE}`,
    );
  }
  if ('sign' in credentials) {
    if (privateKeyPem !== undefined) throw new TypeError('credentials must have privateKeyPem or sign, not both');
    functionOf('credentials.sign', credentials.sign);
    return credentials as Signer;
  }
  if (typeof privateKeyPem !== 'string') {
    const found =
      typeof privateKeyPem === 'object' && privateKeyPem !== null ? 'bytes or an object' : quote(privateKeyPem);
    throw new TypeError(
      `credentials.privateKeyPem must be PEM text, not ${found}: readFileSync(file, 'utf8') gives text`,
    );
  }
  return createSigner(keyId, privateKeyPem);
}

const KEY_ID_ADVICE = 'Trim it: a line feed at its end comes from a file.';

function backoffOf(value: unknown): Backoff {
  const backoff = objectWith('backoff', value, ['baseMs', 'maxMs']);
  const baseMs = durationMs('backoff.baseMs', 1, backoff['baseMs']);
  const maxMs = durationMs('backoff.maxMs', baseMs === Infinity ? Number.MAX_SAFE_INTEGER : baseMs, backoff['maxMs']);
  // A share of a bound is waited for, and no share of Infinity is less: this one takes 285,000 years.
  return { baseMs: Math.min(baseMs, Number.MAX_SAFE_INTEGER), maxMs: Math.min(maxMs, Number.MAX_SAFE_INTEGER) };
}

function runtimeOf(value: unknown): Runtime {
  if (typeof value !== 'object' || value === null)
    throw new TypeError(`runtime must be an object, not ${quote(value)}`);
  const runtime = value as Partial<Runtime>;
  for (const name of ['nowMs', 'setTimer', 'random'] as const) functionOf(`runtime.${name}`, runtime[name]);
  if (runtime.monotonicMs !== undefined) functionOf('runtime.monotonicMs', runtime.monotonicMs);
  return runtime as Runtime;
}

function channelsOf(value: unknown): Map<WireChannel, ChannelScope> {
  const channels = objectWith('channels', value, Object.keys(SCOPES));
  const chosen = new Map<WireChannel, ChannelScope>();
  for (const name of Object.keys(channels) as (keyof OptionalChannels)[]) {
    const scope = channels[name];
    if (scope === undefined) continue;
    const found = SCOPES[name].find((one) => one === scope);
    if (!found) {
      const scopes = SCOPES[name].map((one) => `'${one}'`).join(' or ');
      throw new TypeError(`channels.${name} must be ${scopes}, not ${quote(scope)}`);
    }
    chosen.set(name, found);
  }
  return chosen;
}

/** Whether a client takes this as the ticker of a market. The published pattern forbids the dots that real tickers have. */
export const isMarketTicker = (text: string): boolean => typeof text === 'string' && /^[A-Z0-9][A-Z0-9.-]*$/.test(text);

/**
 * The list without repetitions.
 *
 * @throws {TypeError} if it is no list, or one of them is no ticker
 */
export function tickers(markets: readonly string[]): readonly string[] {
  const list: unknown = markets;
  if (typeof list !== 'object' || list === null || !(Symbol.iterator in list)) {
    const example = isMarketTicker(markets as unknown as string) ? markets : 'KXTEST-A';
    throw new TypeError(`markets must be a list of tickers such as ['${String(example)}'], not ${quote(list)}`);
  }
  const found = new Set(markets);
  for (const market of found)
    if (!isMarketTicker(market)) throw new TypeError(`${quote(market)} is not a market ticker`);
  return [...found];
}

/** A URL may carry a user and password; an error message must not. */
const withoutSecrets = (url: string): string => url.replace(/^(\w+:\/\/)?.*@/s, '$1…@').replace(/[?#].*$/s, '…');
