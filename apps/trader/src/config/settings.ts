// The one table of all settings: where each stands in the file, its environment variable, its flag, and an example for
// messages. Which values are right is in schema.ts.
import { LOG_LEVELS } from '../log/log-levels.ts';

export type Setting = {
  /** In the file: `http.port` is `port` under `http`. */
  readonly path: string;
  readonly env: string;
  readonly flag: string;
  /** What the flag's value is, for help. */
  readonly value: string;
  readonly help: string;
  readonly example: string;
  /** For help; the default itself is the schema's. */
  readonly fallback?: string;
  /** Commands that connect to no exchange take no notice of these. */
  readonly exchange?: true;
  /**
   * Never shown as it is: a database's URL, another address, an id, or the path of a file that holds a secret, in whose place
   * the secret itself may have been given.
   */
  readonly secret?: 'database' | 'address' | 'id' | 'file';
};

export const SETTINGS: readonly Setting[] = [
  {
    path: 'exchange',
    env: 'TRADER_EXCHANGE',
    flag: '--exchange',
    value: 'name',
    help: 'production or demo: sets both URLs',
    example: 'demo',
    fallback: 'production',
    exchange: true,
  },
  {
    path: 'wsUrl',
    env: 'TRADER_WS_URL',
    flag: '--ws-url',
    value: 'url',
    help: "the exchange's WebSocket",
    example: 'wss://external-api-ws.kalshi.com/trade-api/ws/v2',
    fallback: "the exchange's",
    exchange: true,
    secret: 'address',
  },
  {
    path: 'restUrl',
    env: 'TRADER_REST_URL',
    flag: '--rest-url',
    value: 'url',
    help: "the exchange's REST",
    example: 'https://external-api.kalshi.com/trade-api/v2',
    fallback: "the exchange's, or beside the WebSocket",
    exchange: true,
    secret: 'address',
  },
  {
    path: 'keyId',
    env: 'TRADER_KEY_ID',
    flag: '--key-id',
    value: 'id',
    help: 'API key id',
    example: 'a952bcbe-ec3b-4b5b-b8f9-11dae589608c',
    exchange: true,
    secret: 'id',
  },
  {
    path: 'keyFile',
    env: 'TRADER_KEY_FILE',
    flag: '--key-file',
    value: 'path',
    help: 'file with the private key, PEM',
    example: 'kalshi.pem',
    exchange: true,
    secret: 'file',
  },
  {
    path: 'markets',
    env: 'TRADER_MARKETS',
    flag: '--markets',
    value: 'tickers',
    help: 'fixed list of markets, separated by commas',
    example: 'KXGOLD15M-26AUG102115-15,KXHIGHNY-26NOV22-T40',
    exchange: true,
  },
  {
    path: 'discovery.series',
    env: 'TRADER_SERIES',
    flag: '--series',
    value: 'tickers',
    help: 'record the open markets of these series',
    example: 'KXGOLD15M,KXHIGHNY',
    exchange: true,
  },
  {
    path: 'discovery.events',
    env: 'TRADER_EVENTS',
    flag: '--events',
    value: 'tickers',
    help: 'record the open markets of these events',
    example: 'KXHIGHNY-26NOV22',
    exchange: true,
  },
  {
    path: 'discovery.status',
    env: 'TRADER_MARKET_STATUS',
    flag: '--market-status',
    value: 'list',
    help: 'found markets: unopened, open, paused',
    example: 'open,unopened',
    fallback: 'open',
    exchange: true,
  },
  {
    path: 'discovery.minVolume',
    env: 'TRADER_MIN_VOLUME',
    flag: '--min-volume',
    value: 'contracts',
    help: 'found markets: least volume',
    example: '100',
    fallback: '0',
    exchange: true,
  },
  {
    path: 'discovery.closesWithin',
    env: 'TRADER_CLOSES_WITHIN',
    flag: '--closes-within',
    value: 'duration',
    help: 'found markets: that close within this time',
    example: '24h',
    exchange: true,
  },
  {
    path: 'discovery.limit',
    env: 'TRADER_MARKET_LIMIT',
    flag: '--market-limit',
    value: 'markets',
    help: 'found markets: at most so many, by volume',
    example: '500',
    fallback: '1000',
    exchange: true,
  },
  {
    path: 'discovery.reconcileEvery',
    env: 'TRADER_RECONCILE_EVERY',
    flag: '--reconcile-every',
    value: 'duration',
    help: 'found markets: time between full listings',
    example: '5m',
    fallback: '1m',
    exchange: true,
  },
  {
    path: 'discovery.keepAfterClose',
    env: 'TRADER_KEEP_AFTER_CLOSE',
    flag: '--keep-after-close',
    value: 'duration',
    help: 'found markets: time that a closed one is still recorded',
    example: '30s',
    fallback: '1m',
    exchange: true,
  },
  {
    path: 'channels',
    env: 'TRADER_CHANNELS',
    flag: '--channels',
    value: 'list',
    help: 'channels beside the order books',
    example: 'trade,ticker',
    fallback: 'none',
  },
  {
    path: 'connections',
    env: 'TRADER_CONNECTIONS',
    flag: '--connections',
    value: 'count',
    help: 'sockets over which the markets are spread',
    example: '2',
    fallback: '1',
  },
  {
    path: 'database',
    env: 'TRADER_DATABASE',
    flag: '--database',
    value: 'where',
    help: 'postgres:// URL, or a folder for the embedded database',
    example: 'data, or postgres://user@127.0.0.1:5432/trader',
    fallback: 'data',
    secret: 'database',
  },
  {
    path: 'databaseSchema',
    env: 'TRADER_DATABASE_SCHEMA',
    flag: '--database-schema',
    value: 'name',
    help: 'schema of the tables in a PostgreSQL database; made if it is not there',
    example: 'trader',
    fallback: "the URL's, or the user's own",
  },
  {
    path: 'databasePasswordFile',
    env: 'TRADER_DATABASE_PASSWORD_FILE',
    flag: '--database-password-file',
    value: 'path',
    help: "file with the database user's password",
    example: '/run/secrets/database-password',
    secret: 'file',
  },
  {
    path: 'http.host',
    env: 'TRADER_HOST',
    flag: '--host',
    value: 'address',
    help: 'address of the status server',
    example: '127.0.0.1',
    fallback: '127.0.0.1',
  },
  {
    path: 'http.port',
    env: 'TRADER_PORT',
    flag: '--port',
    value: 'port',
    help: 'port of the status server, 0 for any free one',
    example: '7070',
    fallback: '7070',
  },
  {
    path: 'http.tokenFile',
    env: 'TRADER_HTTP_TOKEN_FILE',
    flag: '--http-token-file',
    value: 'path',
    help: 'file with the token that requests must carry',
    example: '/run/secrets/trader-token',
    secret: 'file',
  },
  {
    path: 'http.tls.certFile',
    env: 'TRADER_TLS_CERT_FILE',
    flag: '--tls-cert-file',
    value: 'path',
    help: 'certificate of the status server, PEM',
    example: 'server.crt',
  },
  {
    path: 'http.tls.keyFile',
    env: 'TRADER_TLS_KEY_FILE',
    flag: '--tls-key-file',
    value: 'path',
    help: "key of the status server's certificate, PEM",
    example: 'server.key',
    secret: 'file',
  },
  {
    path: 'http.allowedHosts',
    env: 'TRADER_ALLOWED_HOSTS',
    flag: '--allowed-hosts',
    value: 'names',
    help: 'further names of the status server, of a local proxy',
    example: 'trader.local',
    fallback: 'none',
  },
  {
    path: 'http.allowedOrigins',
    env: 'TRADER_ALLOWED_ORIGINS',
    flag: '--allowed-origins',
    value: 'origins',
    help: 'pages of these origins may open the status socket',
    example: 'https://desk.example',
    fallback: 'none',
    secret: 'address',
  },
  {
    path: 'http.maxClients',
    env: 'TRADER_MAX_CLIENTS',
    flag: '--max-clients',
    value: 'count',
    help: 'clients of the status socket at a time',
    example: '50',
    fallback: '50',
  },
  {
    path: 'http.maxConnections',
    env: 'TRADER_MAX_CONNECTIONS',
    flag: '--max-connections',
    value: 'count',
    help: 'other connections to the status server at a time',
    example: '100',
    fallback: '100',
  },
  {
    path: 'recorder',
    env: 'TRADER_RECORDER',
    flag: '--recorder',
    value: 'name',
    help: 'who records, for the sessions table',
    example: 'trader',
    fallback: 'trader',
  },
  {
    path: 'spool.dir',
    env: 'TRADER_SPOOL_DIR',
    flag: '--spool-dir',
    value: 'path',
    help: 'folder of what the database does not have yet',
    example: 'spool',
    fallback: "spool in the embedded database's folder, or spool/RECORDER",
  },
  {
    path: 'retention.maxAge',
    env: 'TRADER_RETENTION_MAX_AGE',
    flag: '--retention-max-age',
    value: 'duration',
    help: 'age from which records are dropped, a day at least',
    example: '90d',
    fallback: 'never',
  },
  {
    path: 'holdDownMs',
    env: 'TRADER_HOLD_DOWN',
    flag: '--hold-down',
    value: 'duration',
    help: 'a longer time without a live feed ends the session',
    example: '15s',
    fallback: '15s',
  },
  {
    path: 'drainMs',
    env: 'TRADER_DRAIN',
    flag: '--drain',
    value: 'duration',
    help: "longest wait for the session's end at a stop",
    example: '10s',
    fallback: '10s',
  },
  {
    path: 'logLevel',
    env: 'TRADER_LOG_LEVEL',
    flag: '--log-level',
    value: 'level',
    help: LOG_LEVELS.join(', '),
    example: LOG_LEVELS.join(', '),
    fallback: 'info',
  },
];

/** The setting of exactly this path. */
export const settingOf = (path: string): Setting => SETTINGS.find((setting) => setting.path === path)!;

/** Names the file. It is no setting of the file itself. */
export const CONFIG_FILE = { env: 'TRADER_CONFIG', flag: '--config', fallback: 'trader.yaml' } as const;

/** Environment variables that are no settings. */
export const OTHER_VARIABLES = [CONFIG_FILE.env, 'TRADER_STACK'] as const;

/** How the command line names a flag's value: `--key-id` is `keyId`. */
export const flagName = ({ flag }: Setting): string =>
  flag.slice(2).replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
