// What was typed, as options of an exchange: one table says each flag, its help and the option that it sets. It reads no
// file and starts nothing.
import { parseArgs } from 'node:util';
import { durationMs } from '../core/faults/fault.ts';
import { nearestName } from '../core/nearest-name.ts';
import type { SeriesFees } from '../core/accounts/fees.ts';
import type { ExchangeOptions } from '../options.ts';

/** A key that others may connect with; its public half is in a file. */
interface KeyToAccept {
  readonly keyId: string;
  readonly publicKeyFile: string;
  readonly channels: readonly string[] | undefined;
}

export interface CommandLine {
  /** All but faults and keys, which are in files. */
  readonly options: ExchangeOptions;
  /** File with the script of faults. */
  readonly faultsFile: string | undefined;
  readonly keys: readonly KeyToAccept[];
  /** Where the private key is written. */
  readonly keyFile: string | undefined;
  /** Where the certificate is written that clients have to trust. */
  readonly certificateFile: string | undefined;
  readonly showsKey: boolean;
  readonly json: boolean;
  readonly help: boolean;
  readonly version: boolean;
}

/** Something typed that cannot be meant. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

interface Flag {
  readonly flag: string;
  /** What it takes, in the help; a flag that takes nothing `sets` its option to a value. */
  readonly takes?: string;
  readonly sets?: boolean;
  readonly several?: true;
  readonly help: string;
  /** From text to the option's value. */
  readonly read?: (text: string, flag: string) => unknown;
}

const number = (text: string, flag: string): number => {
  if (!/^(\d+(\.\d+)?|Infinity)$/.test(text)) {
    throw new UsageError(`--${flag} must be a number, got ${text || 'nothing'}`);
  }
  return Number(text);
};

const time = (text: string, flag: string): number => {
  const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) : durationMs(text);
  if (ms === undefined || ms < 0) {
    throw new UsageError(`--${flag} must be a time such as 500, 250ms, 10s, 15m or Infinity, got ${text || 'nothing'}`);
  }
  return ms;
};

/** Every option of an exchange but the runtime and the listener of bad lines, which only a program can give. */
const optionFlags = {
  port: { flag: 'port', takes: 'PORT', read: number, help: 'TCP port (default: any free one)' },
  tls: { flag: 'tls', sets: true, help: 'wss and https, with a certificate made at the start' },
  markets: { flag: 'markets', takes: 'N', read: number, help: 'generated markets (default: 20)' },
  deltasPerSecond: {
    flag: 'rate',
    takes: 'N',
    read: number,
    help: 'generated deltas a second, over all markets (default: 100)',
  },
  marketLifetimeMs: {
    flag: 'market-lifetime',
    takes: 'TIME',
    read: time,
    help: 'how long a generated market is open: 15m, 1h, Infinity (default: 168h)',
  },
  rollMarkets: { flag: 'no-roll', sets: false, help: 'no other market follows one that closes' },
  tapes: {
    flag: 'tape',
    takes: 'FILE',
    several: true,
    help: 'play a recording instead: NDJSON, plain, .gz or .zst; may be given several times',
  },
  speed: {
    flag: 'speed',
    takes: 'N|max',
    read: (text, flag) => (text === 'max' ? 'max' : number(text, flag)),
    help: 'speed of tapes as a factor of real time (default: 1)',
  },
  playback: {
    flag: 'playback',
    takes: 'WHEN',
    help: 'tapes start on-subscribe (default), or on-play: POST /control/play',
  },
  loop: { flag: 'loop', sets: true, help: 'play the tapes again and again' },
  faults: { flag: 'faults', takes: 'FILE', help: 'script of what goes wrong, see FAULTS.md' },
  seed: { flag: 'seed', takes: 'N', read: number, help: 'all randomness (default: 1)' },
  record: {
    flag: 'record',
    takes: 'FILE',
    help: 'write what a subscriber of everything gets to a new tape, .gz and .zst by its name',
  },
  keyType: { flag: 'key-type', takes: 'TYPE', help: 'rsa or ed25519 (default: rsa, which every client knows)' },
  keys: {
    flag: 'key',
    takes: 'ID=FILE',
    several: true,
    help: 'accept another key, by its public key in PEM; ID=FILE:trade,ticker limits its channels',
  },
  balanceDollars: {
    flag: 'balance',
    takes: 'DOLLARS',
    read: number,
    help: 'what an account begins with (default: 10000)',
  },
  fees: {
    flag: 'fees',
    takes: 'SERIES=N',
    several: true,
    help: 'multiplier of a series’ fees, * for all others; SERIES=N/M: makers pay M of it',
  },
  orderbookAccess: {
    flag: 'orderbook-access',
    takes: 'HOW',
    help: 'REST order books: open (default), or signed',
  },
  readTokensPerSecond: {
    flag: 'read-tokens',
    takes: 'N',
    read: number,
    help: 'REST’s Read budget a second (default: 240)',
  },
  maxConnectionsPerKey: {
    flag: 'max-connections',
    takes: 'N',
    read: number,
    help: 'of a key; more are a 429 (default: 200)',
  },
  maxMarketsPerSubscription: {
    flag: 'max-markets',
    takes: 'N',
    read: number,
    help: 'of a subscription; more are error 26 (default: 500000)',
  },
  commandsPerSecond: {
    flag: 'max-commands',
    takes: 'N',
    read: number,
    help: 'a second on a connection; more are error 27 (default: 10000)',
  },
  replyLatencyMs: {
    flag: 'reply-latency',
    takes: 'TIME',
    read: time,
    help: 'how long every answer takes (default: 0)',
  },
  replyOrder: { flag: 'reply-order', takes: 'HOW', help: 'shuffled (default), or arrival' },
  unknownTicker: {
    flag: 'unknown-ticker',
    takes: 'HOW',
    help: 'answer to it: empty-snapshot (default), silent, or error',
  },
  pingIntervalMs: { flag: 'ping-interval', takes: 'TIME', read: time, help: 'between pings (default: 10s)' },
  maxBufferedBytes: {
    flag: 'max-buffered',
    takes: 'BYTES',
    read: number,
    help: 'unsent for a connection; above it error 25 (default: 4194304)',
  },
  perMessageDeflate: { flag: 'deflate', sets: true, help: 'compression for clients that offer it' },
} as const satisfies Readonly<Record<Exclude<keyof ExchangeOptions, 'runtime' | 'onBadLine'>, Flag>>;

const commandFlags = {
  keyOut: {
    flag: 'key-out',
    takes: 'FILE',
    help: 'where the private key is written, a new file (default: a temporary one)',
  },
  certificateOut: {
    flag: 'certificate-out',
    takes: 'FILE',
    help: 'where the certificate to trust is written, the same way',
  },
  showKey: { flag: 'show-key', sets: true, help: 'print the private key, too' },
  json: { flag: 'json', sets: true, help: 'print one line of JSON' },
  version: { flag: 'version', sets: true, help: 'print the version' },
  help: { flag: 'help', sets: true, help: 'this text' },
} as const satisfies Readonly<Record<string, Flag>>;

const flags: readonly Flag[] = [...Object.values(optionFlags), ...Object.values(commandFlags)];

const placeOf = ({ flag, takes }: Flag): string => `--${flag}${takes === undefined ? '' : ` ${takes}`}`;
const width = Math.max(...flags.map((flag) => placeOf(flag).length));

export const USAGE = `Usage: kalshi-simulator [options]

A Kalshi on this machine: WebSocket feed and REST on 127.0.0.1.

${flags.map((flag) => `  ${placeOf(flag).padEnd(width)}  ${flag.help}`).join('\n')}

While it runs, its port also answers under /control/: GET /control/ lists what can be asked and switched.
It runs until SIGINT, SIGTERM or POST /control/close. Exit codes: 0 ended as asked, 1 failed, 2 wrong input.
`;

/** @throws {UsageError} */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const values = parsed(args);
  const options: Record<string, unknown> = {};
  for (const [name, { flag, sets, read, several }] of Object.entries<Flag>(optionFlags)) {
    const typed = values[flag];
    if (typed === undefined || name === 'faults' || name === 'keys' || name === 'fees') continue;
    options[name] = sets ?? (several ? typed : (read?.(typed as string, flag) ?? typed));
  }
  const text = ({ flag }: Flag) => values[flag] as string | undefined;
  const texts = ({ flag }: Flag) => (values[flag] ?? []) as readonly string[];
  const isSet = ({ flag }: Flag) => values[flag] === true;
  const fees = texts(optionFlags.fees).map(feesOf);
  return {
    // `createExchange` looks at the values.
    options: { keyType: 'rsa', ...options, ...(fees.length > 0 && { fees: Object.fromEntries(fees) }) },
    faultsFile: text(optionFlags.faults),
    keys: texts(optionFlags.keys).map(keyOf),
    keyFile: text(commandFlags.keyOut),
    certificateFile: text(commandFlags.certificateOut),
    showsKey: isSet(commandFlags.showKey),
    json: isSet(commandFlags.json),
    help: isSet(commandFlags.help),
    version: isSet(commandFlags.version),
  };
}

/** A message of `createExchange` about an option, in the words of the command line. */
export function inFlags(message: string): string {
  const [name = ''] = message.split(/[ .]/, 1);
  const known = Object.hasOwn(optionFlags, name) ? optionFlags[name as keyof typeof optionFlags] : undefined;
  return known ? `--${known.flag}${message.slice(name.length)}` : message;
}

function keyOf(text: string): KeyToAccept {
  const [, keyId, publicKeyFile, channels] = /^([^=]+)=([^:]+)(?::(.+))?$/.exec(text) ?? [];
  if (keyId === undefined || publicKeyFile === undefined) {
    throw new UsageError(`--key must be ID=FILE or ID=FILE:CHANNEL,CHANNEL, got ${text || 'nothing'}`);
  }
  return { keyId, publicKeyFile, channels: channels?.split(',') };
}

function feesOf(text: string): [string, SeriesFees] {
  const [, series, multiplier, maker] = /^([^=]+)=([\d.]+)(?:\/([\d.]+))?$/.exec(text) ?? [];
  if (series === undefined || multiplier === undefined) {
    throw new UsageError(`--fees must be SERIES=MULTIPLIER or SERIES=MULTIPLIER/MAKER, got ${text || 'nothing'}`);
  }
  const makerMultiplier = maker === undefined ? {} : { makerMultiplier: Number(maker) };
  return [series, { multiplier: Number(multiplier), ...makerMultiplier }];
}

function parsed(args: readonly string[]): Readonly<Record<string, string | boolean | string[] | undefined>> {
  const options = Object.fromEntries(
    flags.map(({ flag, takes, several }) => [
      flag,
      takes === undefined ? ({ type: 'boolean' } as const) : ({ type: 'string', multiple: several ?? false } as const),
    ]),
  );
  try {
    const { values } = parseArgs({ args: [...args], options: { ...options, help: { type: 'boolean', short: 'h' } } });
    return values;
  } catch (error) {
    // Node adds a hint about `--` after the first sentence.
    const [sentence = ''] = (error as Error).message.split(/\. |\n/);
    const [, typed] = /^Unknown option '--?([^']+)'/.exec(sentence) ?? [];
    const meant =
      typed === undefined
        ? undefined
        : nearestName(
            typed,
            flags.map(({ flag }) => flag),
          );
    throw new UsageError(
      `${sentence}. ${meant === undefined ? '--help lists the options.' : `Did you mean --${meant}?`}`,
    );
  }
}
