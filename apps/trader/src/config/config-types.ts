// What a valid configuration comes to. Every default is filled in, every duration is milliseconds; only secrets that are
// needed at once were read from their files.
import type { MarketRules } from '@trader/market-discovery';
import type { OptionalChannels } from '@trader/orderbook-client';
import type { LogLevel } from '../log/log-levels.ts';

/** Where the records go: a PostgreSQL URL and perhaps a schema there, or the folder of the embedded database. */
export type Database = { readonly url: string; readonly schema?: string } | { readonly dataDir: string };

/** The status server. */
type HttpConfig = {
  /** @default '127.0.0.1' */
  readonly host: string;
  /** 0 for any free one. @default 7070 */
  readonly port: number;
  /** File that holds the token which requests from beyond loopback must carry; it is needed when `host` is not loopback. */
  readonly tokenFile: string | null;
  /** Paths of PEM files; `null` for plain HTTP. */
  readonly tls: { readonly certFile: string; readonly keyFile: string } | null;
  /** Further names under which a loopback server may be asked for. @default [] */
  readonly allowedHosts: readonly string[];
  /** Origins, beside the server's own, whose pages may open its WebSocket. @default [] */
  readonly allowedOrigins: readonly string[];
  /** Clients of its WebSocket at a time. @default 50 */
  readonly maxClients: number;
  /** Other connections at a time. @default 100 */
  readonly maxConnections: number;
};

/** Which markets are looked for, and how often. */
export type DiscoveryConfig = MarketRules;

/** An exchange, and a key for it. */
export type LiveConfig = {
  readonly wsUrl: string;
  readonly restUrl: string;
  readonly keyId: string;
  readonly privateKeyPem: string;
  /** The fixed list; empty with `discovery`. */
  readonly markets: readonly string[];
  readonly discovery: DiscoveryConfig | null;
};

export type Config = {
  /** `null`: nobody named an exchange, so the simulator is recorded. */
  readonly live: LiveConfig | null;
  /** Channels beside the order books. */
  readonly channels: OptionalChannels;
  /** Sockets over which the markets are spread. */
  readonly connections: number;
  /** The password of `databasePasswordFile` is in the URL already. */
  readonly database: Database;
  readonly http: HttpConfig;
  readonly recorder: string;
  readonly spool: {
    /** Folder of what the database does not have yet. */
    readonly dir: string;
  };
  readonly exports: {
    /** Folder of sessions that are exported over HTTP. */
    readonly dir: string;
  };
  /** Age from which a day's records are dropped; `null`: never. */
  readonly retention: { readonly maxAgeMs: number | null };
  /** A cut that heals within this time is a row in the ledger; a longer one ends the session. */
  readonly holdDownMs: number;
  /** Longest wait for the session's end when the process stops. */
  readonly drainMs: number;
  readonly logLevel: LogLevel;
};
