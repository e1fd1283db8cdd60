// What was typed, as options of an exchange. It reads nothing and starts nothing.
import { parseArgs } from 'node:util';
import type { ExchangeOptions } from '../options.ts';

export interface CommandLine {
  readonly options: ExchangeOptions;
  /** File with the script of faults. */
  readonly faultsFile: string | undefined;
  /** Where the private key is written. */
  readonly keyFile: string | undefined;
  readonly showsKey: boolean;
  readonly json: boolean;
  readonly help: boolean;
}

export const USAGE = `Usage: kalshi-simulator [options]

A Kalshi on this machine: WebSocket feed and REST on 127.0.0.1.

  --port PORT       TCP port (default: any free one)
  --markets N       generated markets (default: 20)
  --rate N          generated deltas a second, over all markets (default: 100)
  --tape FILE       play a recording instead: NDJSON, plain, .gz or .zst; may be given several times
  --speed N|max     speed of tapes as a factor of real time (default: 1)
  --loop            play the tapes again and again
  --faults FILE     script of what goes wrong
  --seed N          all randomness (default: 1)
  --record FILE     write what a subscriber of everything gets to a new tape, .gz and .zst by its name
  --key-type TYPE   rsa or ed25519 (default: rsa, which every client knows)
  --key-out FILE    where the private key is written, a new file (default: a temporary one)
  --show-key        print the private key, too
  --json            print one line of JSON
  --help            this text

It runs until SIGINT or SIGTERM. Exit codes: 0 ended as asked, 1 failed, 2 wrong input.
`;

/** Options by the flag that sets them: messages about an option are shown with the flag. */
const flagOf: Readonly<Record<string, string>> = {
  port: '--port',
  markets: '--markets',
  deltasPerSecond: '--rate',
  tapes: '--tape',
  speed: '--speed',
  seed: '--seed',
  record: '--record',
  keyType: '--key-type',
};

/** Something typed that cannot be meant. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** @throws {UsageError} */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const { values } = parsed(args);
  const number = (flag: 'port' | 'markets' | 'rate' | 'seed' | 'speed') => {
    const text = values[flag];
    if (text === undefined) return undefined;
    if (!/^\d+(\.\d+)?$/.test(text)) throw new UsageError(`--${flag} must be a number, got ${text || 'nothing'}`);
    return Number(text);
  };
  return {
    options: {
      ...given('port', number('port')),
      ...given('markets', number('markets')),
      ...given('deltasPerSecond', number('rate')),
      ...given('seed', number('seed')),
      ...given('speed', values.speed === 'max' ? 'max' : number('speed')),
      ...given('tapes', values.tape),
      ...given('loop', values.loop),
      ...given('record', values.record),
      // `createExchange` looks at the text.
      keyType: (values['key-type'] ?? 'rsa') as 'rsa',
    },
    faultsFile: values.faults,
    keyFile: values['key-out'],
    showsKey: values['show-key'] ?? false,
    json: values.json ?? false,
    help: values.help ?? false,
  };
}

/** A message of `createExchange` about an option, in the words of the command line. */
export function inFlags(message: string): string {
  const [name = ''] = message.split(' ', 1);
  return Object.hasOwn(flagOf, name) ? `${flagOf[name]}${message.slice(name.length)}` : message;
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: { type: 'string' },
        markets: { type: 'string' },
        rate: { type: 'string' },
        tape: { type: 'string', multiple: true },
        loop: { type: 'boolean' },
        faults: { type: 'string' },
        seed: { type: 'string' },
        speed: { type: 'string' },
        record: { type: 'string' },
        'key-type': { type: 'string' },
        'key-out': { type: 'string' },
        'show-key': { type: 'boolean' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    // Node adds a hint about `--` after the first sentence.
    const [sentence] = (error as Error).message.split(/\. |\n/);
    throw new UsageError(`${sentence}. --help lists the options.`);
  }
}

const given = <K extends keyof ExchangeOptions>(name: K, value: ExchangeOptions[K] | undefined) =>
  (value === undefined ? {} : { [name]: value }) as Pick<ExchangeOptions, K> | object;
