import { createPublicKey, type KeyObject } from 'node:crypto';
import { SERVER_PING } from '@trader/orderbook-client/wire';
import type { UnknownTicker } from './core/socket/conversation.ts';
import type { Fault } from './core/faults/fault.ts';
import { checkedFaults } from './core/faults/fault-script.ts';
import { ExchangeError } from './errors.ts';
import { type Runtime, systemRuntime } from './io/runtime.ts';

/** A key that may connect besides the one that the exchange makes for itself. */
export interface AcceptedKey {
  readonly keyId: string;
  /** RSA (signed with PSS, SHA-256) or Ed25519. */
  readonly publicKeyPem: string;
  /** Channels that it may subscribe to; others are error 9. @default all */
  readonly channels?: readonly string[];
}

/** What the exchange plays and how it behaves. All fields are optional; without any it is a small generated market. */
/** A line of a tape that is no frame. */
export interface BadLine {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly expected: string;
}

export interface ExchangeOptions {
  /** TCP port on 127.0.0.1. @default 0, any free port */
  readonly port?: number;
  /** All randomness of the exchange: the generator and the order of replies. Integer from 0 to 2^32 - 1. @default 1 */
  readonly seed?: number;
  /**
   * NDJSON files to play, plain, gzip or Zstandard (told apart by their first bytes). Lines are `{"recv_ms", "event"}` or
   * frames. Prices of the NO side are taken as NO prices. Without tapes, or with an empty list, the generator runs.
   * @default []
   */
  readonly tapes?: readonly string[];
  /**
   * Called for each line of a tape that is no frame, before anything starts; the line is left out and the others are played.
   * @default such a line refuses the tape with `TAPE_INVALID`
   */
  readonly onBadLine?: (line: BadLine) => void;
  /**
   * Tape speed: a factor of real time, or `'max'`: as fast as subscribers take it. At `'max'` the tapes wait for the
   * slowest subscriber and while nobody subscribes; at a factor they go on, and a subscriber that is too slow gets
   * error 25. @default 1
   */
  readonly speed?: number | 'max';
  /**
   * When the tapes start: with the first subscription to one of their markets, or with {@link Exchange.play}. A client
   * that subscribes in several steps and wants every frame uses `'on-play'`. @default 'on-subscribe'
   */
  readonly playback?: 'on-subscribe' | 'on-play';
  /**
   * The tapes begin again at their end, each market with a snapshot of its first book; times on the frames stay as they
   * are on the tape. @default false
   */
  readonly loop?: boolean;
  /**
   * A new file that is to hold what a subscriber of everything gets, as a tape: lines of `{"recv_ms", "event"}`,
   * compressed when its name ends in `.gz` or `.zst`. At speed `'max'` the tapes wait for it. @default none
   */
  readonly record?: string;
  /** Generator: how many markets, 1 to 10,000. Ignored with tapes. @default 20 */
  readonly markets?: number;
  /** Generator: mean deltas a second over all markets, above 0, up to 100,000. Ignored with tapes. @default 100 */
  readonly deltasPerSecond?: number;
  /**
   * Generator: how long a market is open, in ms, from 1000; `Infinity` for ever. Then it closes, is determined and
   * settled. @default 604800000 (a week)
   */
  readonly marketLifetimeMs?: number;
  /** Generator: whether a market that closes is followed by the next one of its line. @default true */
  readonly rollMarkets?: boolean;
  /** Keys accepted besides {@link Exchange.credentials}. @default [] */
  readonly keys?: readonly AcceptedKey[];
  /**
   * The kind of {@link Exchange.credentials}. An Ed25519 key is there at once; an RSA one of 2048 bits, the only kind that
   * most clients of others know, takes 20 to 500 ms to make. @default 'ed25519'
   */
  readonly keyType?: 'ed25519' | 'rsa';
  /**
   * Whether REST shows order books without a signature. Two of Kalshi's three documents and other people's tests say that
   * it does; the OpenAPI document alone asks for one. @default 'open'
   */
  readonly orderbookAccess?: 'signed' | 'open';
  /**
   * Tokens a second of REST's Read bucket, per key; requests without a signature share one. A request costs 10, and the
   * bucket holds two seconds' worth. 10 to 1,000,000. @default 200, as on the Basic tier
   */
  readonly readTokensPerSecond?: number;
  /** The answer to a ticker that the exchange does not have. @default 'empty-snapshot' */
  readonly unknownTicker?: UnknownTicker;
  /**
   * Commands that arrive together are answered in seeded random order, as the real exchange was seen to do, or in the
   * order of their arrival. @default 'shuffled'
   */
  readonly replyOrder?: 'shuffled' | 'arrival';
  /** Time between pings, in ms, on each connection; `Infinity` for none. @default 10000 */
  readonly pingIntervalMs?: number;
  /**
   * Bytes that may wait unsent for one connection. Above a quarter of it a tape at `'max'` waits; above it a paced
   * subscription ends with error 25, and the connection's commands are left unread. The replies to commands come on top
   * of it. From 65536, which is what a socket buffers before it says that it is full. @default 4194304 (4 MiB)
   */
  readonly maxBufferedBytes?: number;
  /** What goes wrong, from the start; their times count from it. See FAULTS.md. @default [] */
  readonly faults?: readonly Fault[];
  /** Clock and timers. @default the system's */
  readonly runtime?: Runtime;
}

export type ResolvedOptions = Readonly<Required<Omit<ExchangeOptions, 'keys' | 'record' | 'onBadLine'>>> & {
  readonly onBadLine: ((line: BadLine) => void) | undefined;
  readonly record: string | undefined;
  readonly keys: readonly {
    readonly keyId: string;
    readonly publicKey: KeyObject;
    readonly channels: ReadonlySet<string> | undefined;
  }[];
};

/**
 * @throws {TypeError} on a value of the wrong kind
 * @throws {RangeError} on a number out of range
 * @throws {ExchangeError} `KEY_INVALID`
 */
export function resolveOptions(options: ExchangeOptions = {}): ResolvedOptions {
  return Object.freeze({
    port: integer('port', options.port ?? 0, 0, 65_535),
    seed: integer('seed', options.seed ?? 1, 0, 4_294_967_295),
    tapes: paths(options.tapes ?? []),
    onBadLine: options.onBadLine,
    speed: options.speed === 'max' ? 'max' : number('speed', options.speed ?? 1, 0, 1_000_000),
    playback: oneOf('playback', options.playback ?? 'on-subscribe', ['on-subscribe', 'on-play']),
    loop: boolean('loop', options.loop ?? false),
    record: options.record === undefined ? undefined : path('record', options.record),
    markets: integer('markets', options.markets ?? 20, 1, 10_000),
    deltasPerSecond: number('deltasPerSecond', options.deltasPerSecond ?? 100, 0, 100_000),
    marketLifetimeMs: number('marketLifetimeMs', options.marketLifetimeMs ?? 604_800_000, 999, Infinity),
    rollMarkets: boolean('rollMarkets', options.rollMarkets ?? true),
    keys: (options.keys ?? []).map(readKey),
    keyType: oneOf('keyType', options.keyType ?? 'ed25519', ['ed25519', 'rsa']),
    orderbookAccess: oneOf('orderbookAccess', options.orderbookAccess ?? 'open', ['signed', 'open']),
    readTokensPerSecond: integer('readTokensPerSecond', options.readTokensPerSecond ?? 200, 10, 1_000_000),
    unknownTicker: oneOf('unknownTicker', options.unknownTicker ?? 'empty-snapshot', [
      'empty-snapshot',
      'silent',
      'error',
    ]),
    replyOrder: oneOf('replyOrder', options.replyOrder ?? 'shuffled', ['shuffled', 'arrival']),
    pingIntervalMs: number('pingIntervalMs', options.pingIntervalMs ?? SERVER_PING.intervalMs, 0, Infinity),
    maxBufferedBytes: integer('maxBufferedBytes', options.maxBufferedBytes ?? 4_194_304, 65_536, 2 ** 31),
    faults: checkedFaults(options.faults ?? []),
    runtime: options.runtime ?? systemRuntime,
  });
}

function integer(name: string, value: number, lowest: number, highest: number): number {
  if (typeof value !== 'number') throw new TypeError(`${name} must be an integer, got ${String(value)}`);
  if (!Number.isInteger(value) || value < lowest || value > highest) {
    throw new RangeError(`${name} must be an integer from ${lowest} to ${highest}, got ${value}`);
  }
  return value;
}

function number(name: string, value: number, above: number, highest: number): number {
  if (typeof value !== 'number') throw new TypeError(`${name} must be a number, got ${String(value)}`);
  if (!(value > above && value <= highest)) {
    throw new RangeError(`${name} must be above ${above} and at most ${highest}, got ${value}`);
  }
  return value;
}

function oneOf<T extends string>(name: string, value: unknown, allowed: readonly T[]): T {
  const known = allowed.find((one) => one === value);
  if (known !== undefined) return known;
  throw new TypeError(`${name} must be one of ${allowed.join(', ')}, got ${String(value)}`);
}

function boolean(name: string, value: unknown): boolean {
  if (typeof value !== 'boolean') throw new TypeError(`${name} must be true or false, got ${String(value)}`);
  return value;
}

function path(name: string, value: unknown): string {
  if (typeof value !== 'string' || value === '')
    throw new TypeError(`${name} must be a file name, got ${String(value)}`);
  return value;
}

function paths(tapes: readonly string[]): readonly string[] {
  if (!Array.isArray(tapes)) throw new TypeError(`tapes must be a list of file names, got ${String(tapes)}`);
  return Object.freeze(tapes.map((tape) => path('a tape', tape)));
}

function readKey({ keyId, publicKeyPem, channels }: AcceptedKey): ResolvedOptions['keys'][number] {
  if (typeof keyId !== 'string' || keyId === '')
    throw new TypeError(`keyId must be text, got ${JSON.stringify(keyId)}`);
  if (channels !== undefined && !Array.isArray(channels)) {
    throw new TypeError(`channels of a key must be a list of names, got ${String(channels)}`);
  }
  const granted = channels && new Set(channels);
  const fail = (cause?: unknown) =>
    new ExchangeError('KEY_INVALID', `The public key of ${keyId} is not an RSA or Ed25519 key in PEM.`, { cause });
  try {
    const publicKey = createPublicKey(publicKeyPem);
    if (publicKey.asymmetricKeyType === 'rsa' || publicKey.asymmetricKeyType === 'ed25519') {
      return { keyId, publicKey, channels: granted };
    }
  } catch (error) {
    throw fail(error);
  }
  throw fail();
}
