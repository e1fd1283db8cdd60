// Configuration: defaults, then the file, then the environment, then flags. Everything that is wrong is said at once,
// before anything starts. Nothing else reads the environment, apart from the stack-trace switch in program.ts.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSigner } from '@trader/orderbook-client';
import { parseDatabase, parsePostgresUrl } from '@trader/session-store';
import { withPassword } from './database.ts';
import { EXCHANGES, restBeside } from './exchange.ts';
import { readConfigFile, type ConfigFile } from './sources/config-file.ts';
import { describeIssues } from './config-errors.ts';
import { togetherWrong } from './rules.ts';
import { CONFIG_FILE, configSchema, settingOf as setting, type ConfigValues } from './settings.ts';
import { layerSources, type Sources, type Values } from './sources/sources.ts';
import { defaultExports } from './default-exports.ts';
import { defaultSpool } from './default-spool.ts';
import type { Config, Database, DiscoveryConfig, LiveConfig } from './config-types.ts';
import { fileProblem, messageOf, sentences, TraderError } from '../errors.ts';
import { learnSecrets } from '../secrets/known-secrets.ts';
import { secretsOfAddress } from '../secrets/shown-address.ts';

export { databaseName } from './database.ts';
export type { Values } from './sources/sources.ts';
export type { Config, Database } from './config-types.ts';

export type ConfigContext = {
  /** Where `trader.yaml` is looked for. @default the working directory */
  readonly directory?: string;
  /** False for commands that connect to no exchange: what names one is not looked at. @default true */
  readonly exchange?: boolean;
};

export type LoadedConfig = {
  readonly config: Config;
  /** What each setting came to, before secrets were read. */
  readonly values: ConfigValues;
  readonly sources: Sources;
  /** The file that was read, if any. */
  readonly file: string | null;
};

/**
 * @param flags settings from the command line; `undefined` where a flag was not given
 * @throws {TraderError} `CONFIG_INVALID`, a line for each wrong setting; `KEY_FILE_UNREADABLE` if that is all that is wrong
 */
export const resolveConfig = (
  flags: Values,
  environment: NodeJS.ProcessEnv = process.env,
  context: ConfigContext = {},
): Config => loadConfig(flags, environment, context).config;

/** As {@link resolveConfig}, with where each value is from. */
export function loadConfig(
  flags: Values,
  environment: NodeJS.ProcessEnv = process.env,
  { directory = process.cwd(), exchange = true }: ConfigContext = {},
): LoadedConfig {
  const file = openFile(flags, environment, directory);
  const sources = layerSources(file, environment, flags, exchange);
  const parsed = configSchema.safeParse(sources.tree);
  const problems = [...sources.problems, ...togetherWrong(sources)];
  if (!parsed.success) throw invalid([...describeIssues(parsed.error.issues, sources), ...problems]);
  const values = parsed.data;
  const key = values.keyFile === undefined ? null : readKey(values.keyFile, sources);
  const database = readDatabase(values, sources);
  learnAll(values, database, environment);
  if (typeof database === 'string') problems.push(database);
  if (key && 'problem' in key) {
    if (problems.length === 0) {
      throw new TraderError('KEY_FILE_UNREADABLE', key.problem, { exitCode: 2 });
    }
    problems.push(key.problem);
  }
  if (problems.length > 0 || typeof database === 'string') throw invalid(problems);
  const live = key && 'pem' in key ? resolveLive(values, key.pem) : null;
  return { config: resolveAll(values, live, database), values, sources, file: file?.path ?? null };
}

const invalid = (problems: readonly string[]): TraderError =>
  new TraderError('CONFIG_INVALID', problems.join('\n'), { exitCode: 2 });

/** The named file, or `trader.yaml` if it is there. */
function openFile(flags: Values, environment: NodeJS.ProcessEnv, directory: string): ConfigFile | null {
  const asFlag = flags['config'];
  const named = typeof asFlag === 'string' ? asFlag : environment[CONFIG_FILE.env];
  const path = named === undefined || named === '' ? join(directory, CONFIG_FILE.fallback) : named;
  if (!named && !existsSync(path)) return null;
  try {
    return readConfigFile(path);
  } catch (cause) {
    const origin = typeof asFlag === 'string' ? CONFIG_FILE.flag : named ? CONFIG_FILE.env : CONFIG_FILE.fallback;
    throw invalid(
      messageOf(cause)
        .split('\n')
        .map((line) => `${origin}: ${line}`),
    );
  }
}

/** Without the cause of a problem, which quotes the path: the key itself may have been given for it. */
function readKey(path: string, sources: Sources): { readonly pem: string } | { readonly problem: string } {
  try {
    const pem = readFileSync(path, 'utf8');
    createSigner('', pem);
    return { pem };
  } catch (cause) {
    const origin = sources.origin(['keyFile']) ?? setting('keyFile').flag;
    const why = 'syscall' in (cause as Error) ? fileProblem(cause) : messageOf(cause);
    return { problem: `${origin}: ${sentences(why, 'Give the path of your Kalshi private key in PEM')}` };
  }
}

function readDatabase(
  { database, databaseSchema, databasePasswordFile }: ConfigValues,
  sources: Sources,
): Database | string {
  // The schema has refused what is neither.
  const read = parseDatabase(database) as Database;
  if (databaseSchema !== undefined && !('url' in read)) {
    const origin = sources.origin(['databaseSchema']) ?? setting('databaseSchema').flag;
    return `${origin}: databaseSchema needs a postgres:// URL as database: an embedded one is all one recording's`;
  }
  const place = databaseSchema === undefined ? read : { ...read, schema: databaseSchema };
  if (databasePasswordFile === undefined) return place;
  const origin = sources.origin(['databasePasswordFile']) ?? setting('databasePasswordFile').flag;
  let password: string;
  try {
    password = readFileSync(databasePasswordFile, 'utf8').replace(/\r?\n$/, '');
  } catch (cause) {
    return `${origin}: ${sentences(fileProblem(cause), 'Give the path of a file with the password and nothing else')}`;
  }
  const complete = withPassword(place, password);
  return typeof complete === 'string' ? `${origin}: databasePasswordFile ${complete}` : complete;
}

/** Before anything is said of them. */
function learnAll(values: ConfigValues, database: Database | string, environment: NodeJS.ProcessEnv): void {
  const url = typeof database === 'object' && 'url' in database ? parsePostgresUrl(database.url) : null;
  if (url && 'password' in url) learnSecrets(url.password);
  // The driver takes it where the URL has none.
  learnSecrets(environment['PGPASSWORD'], values.keyId);
  for (const address of [values.wsUrl, values.restUrl]) if (address) learnSecrets(...secretsOfAddress(address));
}

/** Both URLs: what was given, or the exchange's. */
export function exchangeUrls({ exchange, wsUrl, restUrl }: ConfigValues): { wsUrl: string; restUrl: string } {
  const socket = wsUrl ?? EXCHANGES[exchange].wsUrl;
  return { wsUrl: socket, restUrl: restUrl ?? restBeside(socket) };
}

function resolveLive(values: ConfigValues, privateKeyPem: string): LiveConfig {
  const { keyId = '', markets = [], discovery } = values;
  return {
    ...exchangeUrls(values),
    keyId,
    privateKeyPem,
    markets: [...new Set(markets)],
    discovery: discovery ? resolveDiscovery(discovery) : null,
  };
}

const resolveDiscovery = (values: NonNullable<ConfigValues['discovery']>): DiscoveryConfig => ({
  series: [...new Set(values.series)],
  events: [...new Set(values.events)],
  status: [...new Set(values.status)],
  minVolume: values.minVolume,
  closesWithinMs: values.closesWithin ?? null,
  limit: values.limit,
  reconcileEveryMs: values.reconcileEvery,
  keepAfterCloseMs: values.keepAfterClose,
});

const FOR_ALL = new Set(['market_lifecycle_v2', 'market_positions', 'order_group_updates']);

function resolveAll(values: ConfigValues, live: LiveConfig | null, database: Database): Config {
  const { http, recorder, spool, exports, retention, holdDownMs, drainMs, logLevel, connections } = values;
  const channels = values.channels.map((channel) => [channel, FOR_ALL.has(channel) ? 'all' : 'markets']);
  return {
    live,
    channels: Object.fromEntries(channels) as Config['channels'],
    connections,
    database,
    http: { ...http, tokenFile: http.tokenFile ?? null, tls: http.tls ?? null },
    recorder,
    spool: spool.dir === undefined ? defaultSpool(database, recorder) : { dir: spool.dir },
    exports: { dir: exports.dir ?? defaultExports(database) },
    retention: { maxAgeMs: retention.maxAge ?? null },
    holdDownMs,
    drainMs,
    logLevel,
  };
}
