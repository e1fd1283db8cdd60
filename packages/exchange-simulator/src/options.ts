// What an exchange is told at its start: every option with its default and its check, in one table.
import { createPublicKey, type KeyObject } from 'node:crypto';
import { SERVER_PING } from '@trader/orderbook-client/wire';
import type { BadLine } from './core/tape/tape-line.ts';
import type { SeriesFees } from './core/accounts/fees.ts';
import { READ_TOKENS_PER_SECOND } from './core/rest/rate-limits.ts';
import type { UnknownTicker } from './core/socket/conversation.ts';
import type { Fault } from './core/faults/fault.ts';
import { checkedFaults } from './core/faults/fault-script.ts';
import { ExchangeError } from './errors.ts';
import { marketLifetime } from './io/market-control.ts';
import { type Runtime, systemRuntime, withLongTimers } from './io/runtime.ts';
import {
  checkedValues,
  flag,
  integer,
  limit,
  numberAbove,
  numberFrom,
  oneOf,
  optional,
  type Rule,
  text,
  type ValuesOf,
} from './core/value-rules.ts';

/** A key that may connect besides the one that the exchange makes for itself. */
export interface AcceptedKey {
  readonly keyId: string;
  /** RSA (signed with PSS, SHA-256) or Ed25519. */
  readonly publicKeyPem: string;
  /** Channels that it may subscribe to; others are error 9. @default all */
  readonly channels?: readonly string[];
}

/** What the exchange plays and how it behaves. All fields are optional; without any it is a small generated market. */
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
   * bucket holds two seconds' worth. 10 to 1,000,000. @default 240, as on the Basic tier since September 2026
   */
  readonly readTokensPerSecond?: number;
  /** The answer to a ticker that the exchange does not have. @default 'empty-snapshot' */
  readonly unknownTicker?: UnknownTicker;
  /**
   * Commands that arrive together are answered in seeded random order, as the real exchange was seen to do, or in the
   * order of their arrival. @default 'shuffled'
   */
  readonly replyOrder?: 'shuffled' | 'arrival';
  /**
   * How long the exchange takes to answer, in ms: commands on the socket and requests of REST; `Infinity`: it never does.
   * @default 0
   */
  readonly replyLatencyMs?: number;
  /**
   * Open connections of one key; one more handshake is answered 429. On demo 10 were seen. `Infinity` for any number.
   * @default 200, which Kalshi documents
   */
  readonly maxConnectionsPerKey?: number;
  /**
   * Markets of one subscription; a command that would pass it is error 26 and changes nothing. What the real limit is, is
   * not published: 10,000 were seen, and a whole session may have 500,000. `Infinity` for any number. @default 500000
   */
  readonly maxMarketsPerSubscription?: number;
  /**
   * Commands a second of one connection, which may come all at once; more are error 27. `Infinity` for any number.
   * @default 10000, which Kalshi documents
   */
  readonly commandsPerSecond?: number;
  /** Time between pings, in ms, on each connection; `Infinity` for none. @default 10000 */
  readonly pingIntervalMs?: number;
  /**
   * Bytes that may wait unsent for one connection. Above a quarter of it a tape at `'max'` waits; above it a paced
   * subscription ends with error 25, and the connection's commands are left unread. The replies to commands come on top
   * of it. From 65536, which is what a socket buffers before it says that it is full. @default 4194304 (4 MiB)
   */
  readonly maxBufferedBytes?: number;
  /**
   * Whether a client that offers permessage-deflate gets it, as on the real exchange since September 2026. Compressing
   * costs the simulator most of its speed. @default false
   */
  readonly perMessageDeflate?: boolean;
  /**
   * `wss` and `https` in place of `ws` and `http`, with a certificate for 127.0.0.1 and localhost that the exchange makes
   * for itself; {@link Exchange.certificatePem} is what a client has to trust. @default false
   */
  readonly tls?: boolean;
  /** Fees by series; `*` stands for every series that is not named. @default {}: takers pay 0.07 × p × (1 − p), makers nothing */
  readonly fees?: Readonly<Record<string, SeriesFees>>;
  /** What every account has at the start, in whole dollars, up to 1,000,000,000. @default 10000 */
  readonly balanceDollars?: number;
  /** What goes wrong, from the start; their times count from it. See FAULTS.md. @default [] */
  readonly faults?: readonly Fault[];
  /** Clock and timers. @default the system's */
  readonly runtime?: Runtime;
}

/** A key of the options, as the exchange uses it. */
interface KnownKey {
  readonly keyId: string;
  readonly publicKey: KeyObject;
  readonly channels: ReadonlySet<string> | undefined;
}

const list =
  <T>(what: string, item: Rule<T>): Rule<readonly T[]> =>
  (name, value = []) => {
    if (!Array.isArray(value)) throw new TypeError(`${name} must be a list of ${what}, got ${String(value)}`);
    return Object.freeze(value.map((one) => item(name, one)));
  };

const listener: Rule<(line: BadLine) => void> = (name, value) => {
  if (typeof value !== 'function') throw new TypeError(`${name} must be a function, got ${String(value)}`);
  return value as (line: BadLine) => void;
};

const optionRules = {
  port: integer(0, 0, 65_535),
  seed: integer(1, 0, 4_294_967_295),
  tapes: list('file names', (_, value) => text('a file name')('a tape', value)),
  onBadLine: optional(listener),
  speed: (name, value): number | 'max' => (value === 'max' ? 'max' : numberAbove(1, 0, 1_000_000)(name, value)),
  playback: oneOf('on-subscribe', 'on-play'),
  loop: flag(false),
  record: optional(text('a file name')),
  markets: integer(20, 1, 10_000),
  deltasPerSecond: numberAbove(100, 0, 100_000),
  marketLifetimeMs: marketLifetime,
  rollMarkets: flag(true),
  keys: list('keys', (_, value) => knownKey(value)),
  keyType: oneOf('ed25519', 'rsa'),
  orderbookAccess: oneOf('open', 'signed'),
  readTokensPerSecond: integer(READ_TOKENS_PER_SECOND, 10, 1_000_000),
  unknownTicker: oneOf('empty-snapshot', 'silent', 'error'),
  replyOrder: oneOf('shuffled', 'arrival'),
  replyLatencyMs: numberFrom(0, 0, Infinity),
  maxConnectionsPerKey: limit(200),
  maxMarketsPerSubscription: limit(500_000),
  commandsPerSecond: limit(10_000),
  pingIntervalMs: numberAbove(SERVER_PING.intervalMs, 0, Infinity),
  maxBufferedBytes: integer(4_194_304, 65_536, 2 ** 31),
  perMessageDeflate: flag(false),
  tls: flag(false),
  fees: (_, value = {}) => feesBySeries(value),
  balanceDollars: integer(10_000, 0, 1_000_000_000),
  faults: (_, value = []) => checkedFaults(value),
  runtime: (_, value = systemRuntime) => withLongTimers(checkedRuntime(value)),
} satisfies { [K in keyof Required<ExchangeOptions>]: Rule<unknown> };

export type ResolvedOptions = ValuesOf<typeof optionRules>;

/**
 * @throws {TypeError} on a value of the wrong kind, and on an option that there is not
 * @throws {RangeError} on a number out of range
 * @throws {ExchangeError} `KEY_INVALID`
 */
export const resolveOptions = (options: ExchangeOptions = {}): ResolvedOptions =>
  Object.freeze(checkedValues(optionRules, options, 'options', 'option'));

const feeRules = {
  multiplier: numberFrom(1, 0, 1000),
  makerMultiplier: numberFrom(0, 0, 1000),
};

function feesBySeries(value: unknown): Readonly<Record<string, SeriesFees>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError(`fees must be an object by series, got ${String(value)}`);
  }
  return Object.fromEntries(
    Object.entries(value).map(([series, fees]) => [series, checkedValues(feeRules, fees, `fees.${series}`)]),
  );
}

function checkedRuntime(value: unknown): Runtime {
  const methods = value as Readonly<Record<string, unknown>> | null | undefined;
  const isRuntime = ['nowMs', 'monotonicMs', 'setTimer'].every((name) => typeof methods?.[name] === 'function');
  if (!isRuntime) throw new TypeError('runtime must be an object with nowMs, monotonicMs and setTimer');
  return value as Runtime;
}

const keyRules = {
  keyId: text('text'),
  publicKeyPem: ((_, value) => value) satisfies Rule<unknown>,
  channels: optional<ReadonlySet<string>>((_, value) => {
    if (Array.isArray(value)) return new Set(value as string[]);
    throw new TypeError(`channels of a key must be a list of names, got ${String(value)}`);
  }),
};

function knownKey(value: unknown): KnownKey {
  const { keyId, publicKeyPem, channels } = checkedValues(keyRules, value, 'a key');
  const fail = (cause?: unknown) =>
    new ExchangeError('KEY_INVALID', `The public key of ${keyId} is not an RSA or Ed25519 key in PEM.`, { cause });
  try {
    const publicKey = createPublicKey(publicKeyPem as string);
    if (publicKey.asymmetricKeyType === 'rsa' || publicKey.asymmetricKeyType === 'ed25519') {
      return { keyId, publicKey, channels };
    }
  } catch (error) {
    throw fail(error);
  }
  throw fail();
}
