// Configuration: defaults, then the environment, then flags. One table names every setting; everything that is wrong is
// said at once, before anything starts. Apart from the
// commands, which pass it in, and the stack-trace switch in main.ts, nothing else reads the environment.
import { readFileSync } from 'node:fs';
import { createSigner } from '@trader/orderbook-client';
import { z } from 'zod';
import { messageOf, TraderError } from './errors.ts';
import { LOG_LEVELS } from './log.ts';

const PRODUCTION_URL = 'wss://external-api-ws.kalshi.com/trade-api/ws/v2';

const port = z.coerce.number().int().min(0).max(65_535);
const list = z.preprocess(
  (value) => (typeof value === 'string' ? value.split(',') : value),
  z
    .array(
      z
        .string()
        .trim()
        .regex(/^[A-Z0-9][A-Z0-9.-]*$/, 'is not a market ticker'),
    )
    .min(1),
);

const settings = {
  wsUrl: z.url({ protocol: /^wss?$/, error: 'must be a ws:// or wss:// URL' }).default(PRODUCTION_URL),
  keyId: z.string().min(1).optional(),
  keyFile: z.string().min(1).optional(),
  markets: list.optional(),
  database: z.string().min(1).default('data'),
  port: port.default(7070),
  recorder: z.string().min(1).max(64).default('trader'),
  logLevel: z.enum(LOG_LEVELS).default('info'),
};
const schema = z.strictObject(settings);

type Setting = keyof typeof settings;
export type Values = Partial<Record<Setting, unknown>>;

/** How each setting is called in the environment and on the command line, with an example for error messages. */
const NAMES: Record<Setting, { readonly env: string; readonly flag: string; readonly example: string }> = {
  wsUrl: { env: 'TRADER_WS_URL', flag: '--ws-url', example: PRODUCTION_URL },
  keyId: { env: 'TRADER_KEY_ID', flag: '--key-id', example: 'a952bcbe-ec3b-4b5b-b8f9-11dae589608c' },
  keyFile: { env: 'TRADER_KEY_FILE', flag: '--key-file', example: 'kalshi.pem' },
  markets: { env: 'TRADER_MARKETS', flag: '--markets', example: 'KXGOLD15M-26AUG102115-15,KXHIGHNY-26NOV22-T40' },
  database: { env: 'TRADER_DATABASE', flag: '--database', example: 'data, or postgres://user@127.0.0.1:5432/trader' },
  port: { env: 'TRADER_PORT', flag: '--port', example: '7070' },
  recorder: { env: 'TRADER_RECORDER', flag: '--recorder', example: 'trader' },
  logLevel: { env: 'TRADER_LOG_LEVEL', flag: '--log-level', example: LOG_LEVELS.join(', ') },
};

/** Where the records go: a PostgreSQL URL, or the folder of the embedded database. */
export type Database = { readonly url: string } | { readonly dataDir: string };

export type Config = {
  /** `null`: nobody gave a key, so the simulator is recorded. */
  readonly live: {
    readonly wsUrl: string;
    readonly keyId: string;
    readonly privateKeyPem: string;
    readonly markets: readonly string[];
  } | null;
  readonly database: Database;
  readonly port: number;
  readonly recorder: string;
  readonly logLevel: (typeof LOG_LEVELS)[number];
};

/**
 * @param flags settings from the command line; `undefined` where a flag was not given
 * @throws {TraderError} `CONFIG_INVALID`, one line for each wrong setting; `KEY_FILE_UNREADABLE`
 */
export function resolveConfig(flags: Values, environment: NodeJS.ProcessEnv = process.env): Config {
  const origin: Partial<Record<Setting, string>> = {};
  const given: Values = {};
  for (const [setting, { env, flag }] of Object.entries(NAMES) as [Setting, (typeof NAMES)[Setting]][]) {
    if (environment[env] !== undefined && environment[env] !== '') {
      given[setting] = environment[env];
      origin[setting] = env;
    }
    if (flags[setting] !== undefined) {
      given[setting] = flags[setting];
      origin[setting] = flag;
    }
  }
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => {
      const setting = issue.path[0] as Setting;
      const { flag, example } = NAMES[setting];
      return `${origin[setting] ?? flag}: ${lowerFirst(issue.message)}. Example: ${example}`;
    });
    throw new TraderError('CONFIG_INVALID', [...new Set(lines)].join('\n'), { exitCode: 2 });
  }
  const { database, port, recorder, logLevel } = parsed.data;
  return {
    live: resolveLive(parsed.data, origin),
    database: parseDatabase(database),
    port,
    recorder,
    logLevel,
  };
}

type Parsed = z.infer<typeof schema>;

function resolveLive(values: Parsed, origin: Partial<Record<Setting, string>>): Config['live'] {
  const { wsUrl, keyId, keyFile, markets } = values;
  const asked = (['wsUrl', 'keyId', 'keyFile', 'markets'] as const).find((setting) => origin[setting] !== undefined);
  if (asked === undefined) return null;
  const missing = (['keyId', 'keyFile', 'markets'] as const).filter((setting) => values[setting] === undefined);
  if (keyId === undefined || keyFile === undefined || markets === undefined) {
    const named = missing.map((setting) => `${NAMES[setting].flag} (${NAMES[setting].env})`).join(', ');
    const text = `${origin[asked]}: recording an exchange also needs ${named}. With none of them the built-in simulator is recorded`;
    throw new TraderError('CONFIG_INVALID', text, { exitCode: 2 });
  }
  return { wsUrl, keyId, privateKeyPem: readKeyFile(keyFile, origin.keyFile ?? NAMES.keyFile.flag), markets };
}

function readKeyFile(path: string, setting: string): string {
  try {
    const pem = readFileSync(path, 'utf8');
    createSigner('', pem);
    return pem;
  } catch (cause) {
    const text = `${setting}: ${messageOf(cause)} Give the path of your Kalshi private key in PEM`;
    throw new TraderError('KEY_FILE_UNREADABLE', text, { cause, exitCode: 2 });
  }
}

/** The environment without the settings that name an exchange, for commands that connect to none. */
export function withoutExchange(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { wsUrl, keyId, keyFile, markets } = NAMES;
  const hidden = new Set([wsUrl, keyId, keyFile, markets].map(({ env }) => env));
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !hidden.has(name)));
}

/** A PostgreSQL URL, or else a folder. */
function parseDatabase(database: string): Database {
  return /^postgres(ql)?:\/\//.test(database) ? { url: database } : { dataDir: database };
}

/** How the database is called in logs: without user and password. */
export const databaseName = (database: Database): string =>
  'url' in database ? database.url.replace(/\/\/[^@/]*@/, '//') : database.dataDir;

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
