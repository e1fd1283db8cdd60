// What somebody is to do about a trader that is not ready: one sentence for each code that can be the reason, and for each wait.
import type { HealthSnapshot } from '@trader/health';
import type { MarketDiscoveryErrorCode } from '@trader/market-discovery';
import type { OrderbookClientErrorCode } from '@trader/orderbook-client';
import type { SessionStoreErrorCode } from '@trader/session-store';
import type { CoordinatorState, WaitName } from './coordinator/state.ts';

/** Of the client, what no feed has as its problem: mistakes of a caller, and of a replay. */
type FeedCode = Exclude<
  OrderbookClientErrorCode,
  | 'KEY_INVALID'
  | 'LISTENER_FAILED'
  | 'QUEUE_OVERFLOW'
  | 'NOT_SYNCED'
  | 'NOT_WANTED'
  | 'WAIT_TIMEOUT'
  | 'RECORD_UNREADABLE'
  | 'REPLAY_SOURCE_FAILED'
>;
/** Of the store, what neither an opening nor a write fails with. */
type StoreCode = Exclude<
  SessionStoreErrorCode,
  'DATASET_DIFFERS' | 'DATASET_DAMAGED' | 'DATASET_LOCKED' | 'SCHEMA_TOO_OLD' | 'SPOOL_CLOSED' | 'STORE_CLOSED'
>;
type SearchCode = Exclude<MarketDiscoveryErrorCode, 'LISTENER_FAILED'>;
type OwnCode = 'STORE_BEHIND' | 'WAITING_FOR_SESSION' | 'NO_BOOKS_YET' | 'NOT_LISTED_YET' | 'MARKET_UNKNOWN';

const NOTHING = 'Nothing: it is tried again by itself.';
const REPORT = 'Look into the log, and report it: this is a mistake of the trader.';
const EXCHANGE = "Look at the exchange's status page; it is tried again by itself.";
const NETWORK = 'Check the network, a proxy and a firewall with `trader doctor`; it is tried again by itself.';
const DATABASE = 'See that the database runs and can be reached; what is recorded waits in the spool meanwhile.';

export const TO_DO: Readonly<Record<FeedCode | StoreCode | SearchCode | OwnCode, string>> = {
  AUTH_REJECTED: 'Put a valid key in place, or set the clock, then run `trader doctor`.',
  ACCESS_DENIED: 'See that the key may read order books, and that the exchange lets this address in.',
  SIGNER_FAILED: 'Put a key in place that can be read, then run `trader doctor`.',
  CONNECT_FAILED: NETWORK,
  CONNECT_TIMEOUT: NETWORK,
  RATE_LIMITED: 'See whether other programs use the same key; it is tried again when the exchange allows it.',
  EXCHANGE_UNAVAILABLE: EXCHANGE,
  HANDSHAKE_REJECTED: "Check the exchange's address in the settings, and whether a proxy is in between.",
  DISCONNECTED: NOTHING,
  PONG_TIMEOUT: NETWORK,
  NO_ANSWER: EXCHANGE,
  COMMAND_REJECTED: 'Look into the log for what the exchange refused, and check the markets in the settings.',
  SUBSCRIPTION_LOST: NOTHING,
  SEQUENCE_RESET: NOTHING,
  PROTOCOL_VIOLATION: 'See whether a newer version of the trader reads what the exchange sends now.',
  PRECISION_UNSUPPORTED: 'Take the market out of the settings, or a newer version of the trader.',
  BOOK_DESYNCED: NOTHING,
  RUNTIME_FAILED: REPORT,
  CLOSED: NOTHING,
  NO_BOOKS_YET: EXCHANGE,
  STORE_BEHIND: 'Give the database faster disks or fewer markets; the feed is read again once it has caught up.',
  WAITING_FOR_SESSION: DATABASE,
  NOT_LISTED_YET: EXCHANGE,
  MARKET_UNKNOWN: 'Correct the market in the settings or take it out; the others are recorded.',
  REST_UNREACHABLE: NETWORK,
  REST_REFUSED: 'Check series, events and tickers in the settings, the key and the clock.',
  REST_UNREADABLE: 'Check that the REST address is that of the exchange, with no page in front of it.',
  UNEXPECTED: REPORT,
  DATABASE_UNREACHABLE: DATABASE,
  DATABASE_REFUSED: 'Correct the database, its user or its password in the settings.',
  DATABASE_OVERLOADED: 'Let the database have more connections, or give others fewer; it is tried again by itself.',
  DATABASE_UNUSABLE: 'Look into the log for what is wrong with the database, and put it right.',
  DATA_DIR_LOCKED: 'End the other process that uses this folder, or give this one a folder of its own.',
  DATA_DIR_UNUSABLE: 'See that the folder is there and may be written by this user.',
  EMBEDDED_DATABASE_MISSING: 'Install @electric-sql/pglite, or give the address of a PostgreSQL server.',
  SCHEMA_TOO_NEW: 'Take the newer version of the trader that brought the tables up to date.',
  MIGRATION_FAILED: 'Run `trader db migrate` with a role that may create tables, and look at what it says.',
  QUERY_TIMEOUT: 'See what keeps the database busy; it is tried again by itself.',
  QUERY_FAILED: 'Look into the log for what the database said, and put that right.',
  RECORD_INVALID: REPORT,
  RECORD_REFUSED: 'Look into the log for why the database refused records, and put that right.',
  SESSION_UNKNOWN: NOTHING,
  SESSION_CLOSED: NOTHING,
  SESSION_FENCED: 'See whether another process records as the same recorder; a new session is opened by itself.',
  SESSION_DIVERGED: 'See whether the database was put back to an older state; a new session is opened by itself.',
  RECORDER_BUSY: 'Nothing if a standby is meant; else give this process a recorder name of its own.',
  CLOSE_TIMEOUT: DATABASE,
  SPOOL_FULL: 'Make room on the disk of the spool, or see that the database takes what is in it.',
  SPOOL_FAILED: 'Look at the disk of the spool: it refuses to be written.',
  SPOOL_DAMAGED: 'Look at the disk of the spool: what was written cannot be read back.',
  SPOOL_OF_OTHER_VERSION: 'Let the version that wrote the spool bring it into the database, or give a new folder.',
};

const WAITING: Readonly<Record<WaitName, string>> = {
  start: NOTHING,
  'store-opening': DATABASE,
  'store-retry': DATABASE,
  feed: EXCHANGE,
  'session-opening': DATABASE,
  'session-retry': DATABASE,
  takeover: 'Nothing: another process records, and this one stands by for it.',
  'session-end': DATABASE,
  health: 'Nothing: it is ready once its parts have been well for long enough.',
  drain: 'Nothing: it is ending.',
};

/** @returns `null`: it is ready */
export function toDo(
  { phase, wait, refusal }: Pick<CoordinatorState, 'phase' | 'wait' | 'refusal'>,
  { causes, components }: Pick<HealthSnapshot, 'causes' | 'components'>,
): string | null {
  if (phase === 'ready') return null;
  if (wait?.name === 'drain') return WAITING.drain;
  // What fails now comes before what is getting better.
  const isBetter = ({ component, status }: (typeof causes)[number]): boolean => {
    const observed = components[component]?.observation?.status;
    return observed !== undefined && observed !== status;
  };
  const reasons = causes.toSorted((one, other) => Number(isBetter(one)) - Number(isBetter(other)));
  const codes = [refusal?.code ?? '', ...reasons.map(({ reason }) => codeOf(reason))];
  const known = codes.find((code) => Object.hasOwn(TO_DO, code)) as keyof typeof TO_DO | undefined;
  if (known) return TO_DO[known];
  return wait === null ? NOTHING : WAITING[wait.name];
}

/** The code that a reason is, or begins with. */
const codeOf = (reason: string): string => /^[A-Z_]+/.exec(reason)?.[0] ?? '';
