// What a trader is given, and what it offers to whoever made it.
import type { OptionalChannels, OrderbookClient } from '@trader/orderbook-client';
import type { SessionRow } from '@trader/session-store';
import type { Database, DiscoveryConfig } from './config/config-types.ts';
import type { CoordinatorLimits } from './coordinator/state.ts';
import type { DiscoveryStatus } from './feed/discovered-markets.ts';
import type { HttpOptions } from './config/http-options.ts';
import type { Log } from './log/log.ts';
import type { StoreTuning } from './store/open-store.ts';
import type { SettingsSource } from './reloader.ts';
import type { ExchangeFaults } from '@trader/exchange-simulator';
import type { Status } from './status.ts';

export type TraderOptions = {
  readonly feed: FeedOptions;
  /** What is recorded, for people: an address or "simulator". */
  readonly source: string;
  readonly database: Database;
  readonly recorder: string;
  /** Of the HTTP side; 0 for any free one, `null` for none. */
  readonly port: number | null;
  /** Who may reach it. @default this machine, without a token */
  readonly http?: Omit<HttpOptions, 'port'>;
  /** A cut that heals within this time is a row in the ledger; a longer one ends the session. @default 15000 */
  readonly holdDownMs?: number;
  /** From the request to stop until everything is let go; also the longest wait for a session's last records. @default 10000 */
  readonly drainMs?: number;
  /** @default nothing is dropped */
  readonly retention?: { readonly maxAgeMs: number | null };
  /** The spool, leases, batches. @default the store's */
  readonly store?: StoreTuning;
  /** Where sessions are exported to over HTTP. @default nowhere: that is refused */
  readonly exportDir?: string;
  /** For `reload`. @default nothing is read anew */
  readonly settings?: SettingsSource;
  /** How long somebody else may take, in each state. `drainMs` above has its own name. */
  readonly limits?: Partial<Omit<CoordinatorLimits, 'drainMs'>>;
  /** Of the simulator that is recorded, to be injected over HTTP. @default there are none */
  readonly faults?: ExchangeFaults;
  /** Called once the addresses are logged: what is to be read after them can be said then. */
  readonly onListening?: () => void;
  readonly log: Log;
};

/** What is recorded, and with whose key. */
export type FeedOptions = {
  readonly url: string;
  readonly credentials: { readonly keyId: string; readonly privateKeyPem: string };
  readonly markets: readonly string[];
  /** Somebody wrote them down: those that the exchange does not know are to be told. @default false */
  readonly areNamed?: boolean;
  /** @default the client's */
  readonly marketsPerCommand?: number;
  /** Channels beside the books. @default none */
  readonly channels?: OptionalChannels;
  /** @default the client's */
  readonly connections?: number;
  /** Where the exchange describes its markets and itself. @default they are not described */
  readonly restUrl?: string;
  /** Markets that are looked for, beside those that are named. @default none */
  readonly discovery?: { readonly restUrl: string; readonly rules: DiscoveryConfig };
};

export const DEFAULT_HOLD_DOWN_MS = 15_000;
export const DEFAULT_DRAIN_MS = 10_000;

export interface Trader {
  /**
   * Resolves once it is under way: HTTP is up, and the store is open or was found to be away for now, in which case it is
   * tried again for ever.
   *
   * @throws {TraderError} `STATUS_PORT_UNAVAILABLE`, or `DATABASE_UNAVAILABLE` when no later try could do better
   */
  start(): Promise<void>;
  /** Resolves at the first `ready` with true, or with false when it was stopped before. */
  readonly ready: Promise<boolean>;
  /** Ends the recording in an orderly way. Callers share one promise. */
  stop(reason: string): Promise<void>;
  /**
   * Reads the settings anew, and changes what can change while it runs; the log says what. Once it is under way, and one time
   * after the other. Does nothing while it stops.
   */
  reload(): void;
  /**
   * Resolves with the last session's row, or `null` if none was opened, once it has stopped; rejects if it could not.
   *
   * @throws {TraderError} `DRAIN_TIMEOUT` when it was not done in `drainMs`: the feed and the HTTP side are closed, and the
   *   store's work ends by itself, at the latest with its own time limits
   */
  readonly stopped: Promise<SessionRow | null>;
  readonly client: OrderbookClient | null;
  /** Where `/status` is; `null` unless it is served. */
  readonly url: string | null;
  /** How the search for markets is doing; `null` without one. */
  readonly discovery: DiscoveryStatus | null;
  status(): Status;
  /** Whether the event loop turns as it should; a supervisor is to restart what is not live. */
  readonly isLive: boolean;
  /** What it is doing, in one line. */
  readonly summary: string;
}
