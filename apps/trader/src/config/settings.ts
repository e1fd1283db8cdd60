// The one table of all settings: where each stands in the file, its flag and variable, what it may be, its default, and what help and
// messages say of it. The schema and the list of settings are made of it.
import { MARKET_STATUSES } from '@trader/market-discovery';
import { z } from 'zod';
import { LOG_LEVELS } from '../log/log-levels.ts';
import { DAY_MS, database, duration, like, list, name, oneOf, path, tickers, url, whole } from './value-kinds.ts';

/** Settings that are changed together, or not at all. */
export type ReloadPart = 'markets' | 'key' | 'token' | 'certificate' | 'log';

type About = {
  /** What the flag's value is, for help. */
  readonly value: string;
  readonly example: string;
  /** The default, spelled as somebody would give it. */
  readonly fallback?: string;
  /** What SIGUSR2 changes while the trader runs; without it the setting needs a restart. */
  readonly reloads?: ReloadPart;
  /** What is so where nothing is given, for help. */
  readonly otherwise?: string;
  /**
   * Never shown as it is: a database's URL, another address, an id, or the path of a file that holds a secret, in whose place
   * the secret itself may have been given.
   */
  readonly secret?: 'database' | 'address' | 'id' | 'file';
};

type Row<S extends z.ZodType = z.ZodType> = About & {
  readonly flag: string;
  readonly help: string;
  readonly schema: S;
};
type Section<S extends z.ZodType = z.ZodType> = { readonly inside: Rows; readonly schema: S };
type Rows = Readonly<Record<string, Row | Section>>;

function setting<S extends z.ZodType>(
  flag: string,
  help: string,
  schema: S,
  about: About & { readonly fallback: string },
): Row<z.ZodPrefault<S>>;
function setting<S extends z.ZodType>(flag: string, help: string, schema: S, about: About): Row<S>;
function setting(flag: string, help: string, schema: z.ZodType, about: About): Row {
  const { fallback } = about;
  return { flag, help, schema: fallback === undefined ? schema : schema.prefault(fallback), ...about };
}

const shapeOf = <T extends Rows>(rows: T) =>
  Object.fromEntries(Object.entries(rows).map(([key, { schema }]) => [key, schema])) as {
    [Key in keyof T]: T[Key]['schema'];
  };

const partOf = <T extends Rows>(inside: T) => z.strictObject(shapeOf(inside), 'must be a section of settings');
/** Its settings have defaults. */
const section = <T extends Rows>(inside: T) => ({ inside, schema: partOf(inside).prefault({} as never) });
/** It is there if any of its settings is given. */
const optionalSection = <T extends Rows>(inside: T) => ({ inside, schema: partOf(inside).optional() });

const CHANNELS = [
  'trade',
  'ticker',
  'fill',
  'user_orders',
  'market_lifecycle_v2',
  'market_positions',
  'order_group_updates',
] as const;

/** `none` stands alone: an empty list, for whoever cannot write one. */
const channels = z.preprocess((value) => (value === 'none' ? [] : value), list(oneOf(CHANNELS)));

/** It goes through an HTTP header. */
const apiKeyId = name('the id of an API key', 200).regex(
  /^[ -~]*$/,
  'must be the id of an API key: of ASCII letters, digits and signs',
);

/** What names an exchange: commands that connect to none take no notice of it. */
const exchange = {
  exchange: setting('exchange', 'production or demo: sets both URLs', oneOf(['production', 'demo']), {
    value: 'name',
    example: 'demo',
    fallback: 'production',
  }),
  wsUrl: setting('ws-url', "the exchange's WebSocket", url(/^wss?$/, 'a ws:// or wss://').optional(), {
    value: 'url',
    example: 'wss://external-api-ws.kalshi.com/trade-api/ws/v2',
    otherwise: "the exchange's",
    secret: 'address',
  }),
  restUrl: setting('rest-url', "the exchange's REST", url(/^https?$/, 'an http:// or https://').optional(), {
    value: 'url',
    example: 'https://external-api.kalshi.com/trade-api/v2',
    otherwise: "the exchange's, or beside the WebSocket",
    secret: 'address',
  }),
  keyId: setting('key-id', 'API key id', apiKeyId.optional(), {
    value: 'id',
    example: 'a952bcbe-ec3b-4b5b-b8f9-11dae589608c',
    reloads: 'key',
    secret: 'id',
  }),
  keyFile: setting('key-file', 'file with the private key, PEM', path.optional(), {
    value: 'path',
    example: 'kalshi.pem',
    reloads: 'key',
    secret: 'file',
  }),
  markets: setting(
    'markets',
    'fixed list of markets, separated by commas',
    tickers.pipe(z.array(z.string()).min(1, 'must name at least one market')).optional(),
    {
      value: 'tickers',
      example: 'KXGOLD15M-26AUG102115-15,KXHIGHNY-26NOV22-T40',
      reloads: 'markets',
    },
  ),
  discovery: optionalSection({
    series: setting('series', 'record the open markets of these series', tickers.default([]), {
      value: 'tickers',
      example: 'KXGOLD15M,KXHIGHNY',
      reloads: 'markets',
    }),
    events: setting('events', 'record the open markets of these events', tickers.default([]), {
      value: 'tickers',
      example: 'KXHIGHNY-26NOV22',
      reloads: 'markets',
    }),
    status: setting(
      'market-status',
      'found markets: unopened, open, paused',
      list(oneOf(MARKET_STATUSES)).pipe(z.array(z.enum(MARKET_STATUSES)).min(1)),
      {
        value: 'list',
        example: 'open,unopened',
        reloads: 'markets',
        fallback: 'open',
      },
    ),
    minVolume: setting('min-volume', 'found markets: least volume', whole(0, 1_000_000_000, ' contracts'), {
      value: 'contracts',
      example: '100',
      reloads: 'markets',
      fallback: '0',
    }),
    closesWithin: setting('closes-within', 'found markets: that close within this time', duration(1_000).optional(), {
      value: 'duration',
      example: '24h',
      reloads: 'markets',
    }),
    limit: setting('market-limit', 'found markets: at most so many, by volume', whole(1, 100_000), {
      value: 'markets',
      example: '500',
      reloads: 'markets',
      fallback: '1000',
    }),
    reconcileEvery: setting('reconcile-every', 'found markets: time between full listings', duration(1_000), {
      value: 'duration',
      example: '5m',
      reloads: 'markets',
      fallback: '1m',
    }),
    keepAfterClose: setting(
      'keep-after-close',
      'found markets: time that a closed one is still recorded',
      duration(0),
      { value: 'duration', example: '30s', reloads: 'markets', fallback: '1m' },
    ),
  }),
};

const table = {
  ...exchange,
  channels: setting('channels', 'channels beside the order books; none for no other', channels, {
    value: 'list',
    example: 'trade,ticker',
    fallback: 'trade,market_lifecycle_v2',
  }),
  connections: setting('connections', 'sockets over which the markets are spread', whole(1, 200), {
    value: 'count',
    example: '2',
    fallback: '1',
  }),
  database: setting('database', 'postgres:// URL, or a folder for the embedded database', database, {
    value: 'where',
    example: 'data, or postgres://user@127.0.0.1:5432/trader',
    fallback: 'data',
    secret: 'database',
  }),
  databaseSchema: setting(
    'database-schema',
    'schema of the tables in a PostgreSQL database; made if it is not there',
    name('the name of a schema', 63).optional(),
    {
      value: 'name',
      example: 'trader',
      otherwise: "the URL's, or the user's own",
    },
  ),
  databasePasswordFile: setting('database-password-file', "file with the database user's password", path.optional(), {
    value: 'path',
    example: '/run/secrets/database-password',
    secret: 'file',
  }),
  http: section({
    host: setting(
      'host',
      'address of the status server',
      name('an address', 253).regex(/^[\p{L}\p{N}.:_%[\]-]*$/u, 'must be an address'),
      {
        value: 'address',
        example: '127.0.0.1',
        fallback: '127.0.0.1',
      },
    ),
    port: setting('port', 'port of the status server, 0 for any free one', whole(0, 65_535), {
      value: 'port',
      example: '7070',
      fallback: '7070',
    }),
    tokenFile: setting('http-token-file', 'file with the token that requests must carry', path.optional(), {
      value: 'path',
      example: '/run/secrets/trader-token',
      reloads: 'token',
      secret: 'file',
    }),
    tls: optionalSection({
      certFile: setting('tls-cert-file', 'certificate of the status server, PEM', path, {
        value: 'path',
        example: 'server.crt',
        reloads: 'certificate',
      }),
      keyFile: setting('tls-key-file', "key of the status server's certificate, PEM", path, {
        value: 'path',
        example: 'server.key',
        reloads: 'certificate',
        secret: 'file',
      }),
    }),
    allowedHosts: setting(
      'allowed-hosts',
      'further names of the status server, of a local proxy',
      list(like(/^(?:[a-z0-9._-]{1,253}|\[[0-9a-f:.]+\])$/i, 'must be a host name without a port')).default([]),
      { value: 'names', example: 'trader.local', otherwise: 'none' },
    ),
    allowedOrigins: setting(
      'allowed-origins',
      'pages of these origins may open the status socket',
      list(like(/^https?:\/\/[^\s/?#@\\]+\/?$/i, 'must be an origin, http:// or https:// with a host')).default([]),
      { value: 'origins', example: 'https://desk.example', otherwise: 'none', secret: 'address' },
    ),
    maxClients: setting('max-clients', 'clients of the status socket at a time', whole(1, 100_000), {
      value: 'count',
      example: '50',
      fallback: '50',
    }),
    maxConnections: setting('max-connections', 'other connections to the status server at a time', whole(1, 100_000), {
      value: 'count',
      example: '100',
      fallback: '100',
    }),
  }),
  recorder: setting('recorder', 'who records, for the sessions table', name('a name', 64), {
    value: 'name',
    example: 'trader',
    fallback: 'trader',
  }),
  spool: section({
    dir: setting('spool-dir', 'folder of what the database does not have yet', path.optional(), {
      value: 'path',
      example: 'spool',
      otherwise: "spool in the embedded database's folder, or spool/RECORDER",
    }),
  }),
  exports: section({
    dir: setting('export-dir', 'folder of what is exported over HTTP', path.optional(), {
      value: 'path',
      example: 'exports',
      otherwise: 'exports, beside the embedded database',
    }),
  }),
  retention: section({
    maxAge: setting(
      'retention-max-age',
      'age from which records are dropped, a day at least',
      duration(DAY_MS).optional(),
      {
        value: 'duration',
        example: '90d',
        otherwise: 'never',
      },
    ),
  }),
  holdDownMs: setting('hold-down', 'a longer time without a live feed ends the session', duration(0, DAY_MS), {
    value: 'duration',
    example: '15s',
    fallback: '15s',
  }),
  drainMs: setting('drain', "longest wait for the session's end at a stop", duration(100, DAY_MS), {
    value: 'duration',
    example: '10s',
    fallback: '10s',
  }),
  logLevel: setting('log-level', LOG_LEVELS.join(', '), oneOf(LOG_LEVELS), {
    value: 'level',
    example: LOG_LEVELS.join(', '),
    reloads: 'log',
    fallback: 'info',
  }),
};

export const configSchema = z.strictObject(shapeOf(table));
export type ConfigValues = z.infer<typeof configSchema>;

export type Setting = Pick<Row, 'value' | 'help' | 'example' | 'reloads' | 'secret'> & {
  /** In the file: `http.port` is `port` under `http`. */
  readonly path: string;
  readonly env: string;
  readonly flag: string;
  /** For help. */
  readonly fallback: string | undefined;
  /** Commands that connect to no exchange take no notice of it. */
  readonly exchange: boolean;
};

const settingsOf = (rows: Rows, prefix = ''): readonly Setting[] =>
  Object.entries(rows).flatMap(([key, row]) => {
    const at = `${prefix}${key}`;
    if ('inside' in row) return settingsOf(row.inside, `${at}.`);
    const { flag, fallback, otherwise, schema: _, ...about } = row;
    const env = `TRADER_${flag.toUpperCase().replaceAll('-', '_')}`;
    const isOfExchange = Object.hasOwn(exchange, at.split('.')[0]!);
    return [{ ...about, path: at, env, flag: `--${flag}`, fallback: fallback ?? otherwise, exchange: isOfExchange }];
  });

export const SETTINGS = settingsOf(table);

/** What names an exchange, in the file's words. */
export const NAMES_AN_EXCHANGE = Object.keys(exchange);

/** The setting of exactly this path. */
export const settingOf = (path: string): Setting => SETTINGS.find((setting) => setting.path === path)!;

/** Names the file. It is no setting of the file itself. */
export const CONFIG_FILE = { env: 'TRADER_CONFIG', flag: '--config', fallback: 'trader.yaml' } as const;

/** Environment variables that are no settings. */
export const OTHER_VARIABLES = [CONFIG_FILE.env, 'TRADER_STACK'] as const;

/** How the command line names a flag's value: `--key-id` is `keyId`. */
export const flagName = ({ flag }: Setting): string =>
  flag.slice(2).replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
