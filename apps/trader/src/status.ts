// What `/status` says. Plain data, and nothing that changes anything.
import type { HealthSnapshot } from '@trader/health';
import type { MarketDescription } from '@trader/market-discovery';
import type { BookView, ClientStatus, Level, OrderbookClient, StaleReason } from '@trader/orderbook-client';
import { formatPrice, formatSize } from '@trader/orderbook-client';
import type { RecordingSession, SessionCounters, SessionId, SessionStore, StoreBacklog } from '@trader/session-store';
import type { UnknownMarket } from './feed/asked-markets.ts';
import type { StoreFailure } from './store/store-failures.ts';
import { holderOf, type Holder } from './coordinator/state.ts';
import type { CoordinatorState } from './coordinator/step.ts';
import type { DiscoveryStatus } from './feed/discovered-markets.ts';
import type { ReloadView } from './reloader.ts';
import { versions } from './versions.ts';
import { PartReader, type Unreadable } from './part-reader.ts';
import type { RecorderCounters } from './feed/recorder.ts';
import { toDo } from './to-do.ts';
import type { StoreView } from './store/store-watch.ts';
import type { LoggedTransition } from './event-log.ts';

/** The trader's parts at one moment: what everything that is told about it is read from. */
export type TraderView = {
  /** Since the trader was made. */
  readonly uptimeMs: number;
  /** Its times are of the wall clock, as those of the others. */
  readonly coordinator: CoordinatorState;
  readonly transitions: readonly LoggedTransition[];
  readonly health: HealthSnapshot;
  readonly client: OrderbookClient | null;
  readonly session: RecordingSession | null;
  /** The session that this one goes on from. */
  readonly continues: SessionId | null;
  /** Of the recorder, over all its sessions; `null` until the database has said. */
  readonly lifetime: SessionCounters | null;
  readonly recorder: RecorderCounters | null;
  /** Markets that somebody named and that the exchange does not know. */
  readonly unknownMarkets: readonly UnknownMarket[];
  /** What the exchange says of the markets that are recorded, as far as it was asked. */
  readonly descriptions: () => readonly MarketDescription[];
  /** `null` without a search for markets. */
  readonly discovery: DiscoveryStatus | null;
  readonly store: StoreView;
  /** For how long the session is surely ours if the database answers no more; `null`: none is open, or has its row. */
  readonly leaseLeftMs: number | null;
  /** Of the disk on which records wait, or are stored; `null` where there is none, or nobody has looked. */
  readonly diskFreeBytes: number | null;
  /** What the database does not have yet; `null` until it is open. */
  readonly backlog: AgedBacklog | null;
  /** For questions about what is stored; `null` until it is open. */
  readonly sessionStore: Pick<
    SessionStore,
    | 'sessions'
    | 'query'
    | 'coverage'
    | 'recordedMarkets'
    | 'gapRates'
    | 'marketAt'
    | 'bookAt'
    | 'replay'
    | 'verify'
    | 'export'
  > | null;
  /** Parts that stand here as `null` because they could not be read. */
  readonly unreadable: readonly Unreadable[];
  /** Lines that standard error did not take, since the process began. */
  readonly droppedLogLines: number;
  /** `null`: settings are not read anew. */
  readonly reload: ReloadView | null;
  readonly source: string;
  readonly database: string;
};

/** What `/status` says without its lists, which grow with the markets and with time: small enough for every second. */
export type StatusSummary = Omit<Status, 'transitions' | 'books'>;

export type Status = {
  readonly state: CoordinatorState['phase'];
  readonly since: string;
  readonly cause: string;
  readonly ready: boolean;
  /** It was asked to stop, and is about it. */
  readonly draining: boolean;
  /** Whose turn it is, until when that is looked at again, and how often that passed; `null` when ready. */
  readonly waitingFor: CoordinatorState['wait'];
  /** What the store refused and is asked for again. */
  readonly refusal: CoordinatorState['refusal'];
  /** What somebody is to do, in a sentence; `null` when ready. */
  readonly todo: string | null;
  /** Who records in its place, and into which session; `null` unless another process has the recorder. */
  readonly standbyFor: Holder | null;
  readonly uptimeMs: number;
  readonly versions: { readonly trader: string; readonly node: string };
  readonly source: string;
  readonly database: string;
  readonly session: (SessionBeginning & Readonly<Record<string, unknown>>) | null;
  /** Counters of the recorder over all its sessions, this one's included; `null` until the database has said. */
  readonly lifetime: SessionCounters | null;
  readonly feed: FeedStatus | null;
  readonly recorder: RecorderCounters | null;
  /** Markets that somebody named and that the exchange does not know; the first 20. */
  readonly unknownMarkets: readonly UnknownMarket[];
  /** The search for markets; `null` without one. */
  readonly discovery: DiscoveryStatus | null;
  /** `closed`, `writing`, or `failing: ` with the codes of all that fails. */
  readonly store: string;
  /** The same with their times; empty unless failing. */
  readonly storeFailures: readonly StoreFailure[];
  readonly leaseLeftMs: number | null;
  readonly diskFreeBytes: number | null;
  readonly backlog: AgedBacklog | null;
  /** Since the trader was made. */
  readonly written: StoreView['written'];
  readonly log: {
    /** Lines that are lost, since the process began: nobody read standard error, or it could not be written. */
    readonly droppedLines: number;
  };
  /** How often settings were read anew, and which wait for a restart; `null` where they never are. */
  readonly reload: ReloadView | null;
  readonly health: Pick<HealthSnapshot, 'status' | 'causes'> & {
    /** Each of them, those that are healthy too. */
    readonly components: HealthSnapshot['causes'];
  };
  /** Parts that are `null`, or books that are missing, because they could not be read; the first 20. */
  readonly unreadable: readonly Unreadable[];
  readonly transitions: readonly LoggedTransition[];
  readonly books: readonly BookStatus[];
};

type SessionBeginning = {
  readonly id: SessionId;
  readonly recorder: string;
  readonly startedAtMs: number;
  readonly continues: SessionId | null;
};

/** What the database does not have, and for how long the oldest record of it has waited; `null`: there is none. */
export type AgedBacklog = StoreBacklog & { readonly oldestAgeMs: number | null };

type FeedStatus = ClientStatus & {
  /** Books that are not right, by the reason; a reason without any is left out. `null`: a book could not be read. */
  readonly stale: Readonly<Partial<Record<StaleReason, number>>> | null;
  /** Of those, the ones for which something is under way, their first subscription included. */
  readonly underRepair: number | null;
};

type BookStatus = {
  readonly market: string;
  readonly synced: boolean;
  readonly staleReason: string | null;
  /** `["0.4300", "100.00"]`: dollars and contracts, or `null` where nothing rests. */
  readonly yesBid: readonly [price: string, size: string] | null;
  readonly yesAsk: readonly [price: string, size: string] | null;
};

const UNKNOWN_SHOWN = 20;

export function buildStatus(view: TraderView): Status {
  const { transitions, client } = view;
  const parts = new PartReader();
  const all = parts.read('books', () => [...(client?.books() ?? [])]) ?? [];
  const books = parts.each(all, ({ market }) => `book ${market}`, bookStatus);
  const summary = summarizeStatus(view);
  return { ...summary, unreadable: [...summary.unreadable, ...parts.unreadable], transitions, books };
}

export function summarizeStatus(view: TraderView): StatusSummary {
  const { coordinator, health, client, session, recorder, discovery, store, backlog, source, database } = view;
  const parts = new PartReader();
  const counters = parts.read('session', () => session?.counters() ?? null);
  const feed = parts.read('feed', () => client?.status() ?? null);
  const stale = feed && parts.read('feed.stale', () => staleBooks(client!, feed));
  return {
    state: coordinator.phase,
    since: new Date(coordinator.sinceMs).toISOString(),
    cause: coordinator.cause,
    ready: coordinator.phase === 'ready',
    draining: coordinator.phase === 'shutdown',
    waitingFor: coordinator.wait,
    refusal: coordinator.refusal,
    todo: toDo(coordinator, health),
    standbyFor: holderOf(coordinator.session),
    uptimeMs: Math.round(view.uptimeMs),
    versions,
    source,
    database,
    session: session && { ...beginningOf(session), continues: view.continues, ...counters },
    lifetime: view.lifetime,
    feed: feed && { ...feed, ...(stale ?? { stale: null, underRepair: null }) },
    recorder,
    unknownMarkets: view.unknownMarkets.slice(0, UNKNOWN_SHOWN),
    discovery,
    store: storeText(store),
    storeFailures: store.failures,
    leaseLeftMs: view.leaseLeftMs,
    diskFreeBytes: view.diskFreeBytes,
    backlog,
    written: store.written,
    log: { droppedLines: view.droppedLogLines },
    reload: view.reload,
    health: { status: health.status, causes: health.causes, components: Object.values(health.components).map(outline) },
    unreadable: [...view.unreadable, ...parts.unreadable],
  };
}

const beginningOf = ({ id, recorder, startedAtMs }: RecordingSession) => ({ id, recorder, startedAtMs });

const outline = ({ component, critical, status, reason, sinceMs }: HealthSnapshot['causes'][number]) => ({
  component,
  critical,
  status,
  reason,
  sinceMs,
});

/** Nothing is looked for while all are right: this is asked for every second. */
function staleBooks(client: OrderbookClient, { synced, wanted }: ClientStatus) {
  const stale: Partial<Record<StaleReason, number>> = {};
  let underRepair = 0;
  if (synced === wanted) return { stale, underRepair };
  for (const { market, staleReason } of client.books()) {
    if (!staleReason) continue;
    stale[staleReason] = (stale[staleReason] ?? 0) + 1;
    if (client.repairOf(market)) underRepair++;
  }
  return { stale, underRepair };
}

export function withAge(backlog: StoreBacklog, nowMs: number): AgedBacklog {
  const { oldestAtMs } = backlog;
  return { ...backlog, oldestAgeMs: oldestAtMs === null ? null : Math.max(nowMs - oldestAtMs, 0) };
}

const storeText = ({ state, failures }: StoreView): string =>
  state === 'failing' ? `failing: ${failures.map(({ code }) => code).join(', ')}` : state;

const bookStatus = (book: BookView): BookStatus => ({
  market: book.market,
  synced: book.synced,
  staleReason: book.staleReason,
  yesBid: levelText(book.bestBid('yes')),
  yesAsk: levelText(book.bestAsk('yes')),
});

const levelText = (level: Level | undefined): readonly [string, string] | null =>
  level ? [formatPrice(level[0]), formatSize(level[1])] : null;
