// What `/status` says. Plain data, and nothing that changes anything.
import type { HealthSnapshot } from '@trader/health';
import type { BookView, ClientStatus, Level, OrderbookClient } from '@trader/orderbook-client';
import { formatPrice, formatSize } from '@trader/orderbook-client';
import type { RecordingSession, StoreStatus } from '@trader/session-store';
import type { CoordinatorState, CoordinatorTransition } from './core/coordinator.ts';
import type { RecorderCounters } from './recorder.ts';

type Sources = {
  readonly coordinator: CoordinatorState;
  readonly transitions: readonly CoordinatorTransition[];
  readonly health: HealthSnapshot;
  readonly client: OrderbookClient | null;
  readonly session: RecordingSession | null;
  readonly recorder: RecorderCounters | null;
  readonly store: StoreStatus | null;
  readonly source: string;
  readonly database: string;
};

export type Status = {
  readonly state: string;
  readonly since: string;
  readonly cause: string;
  readonly ready: boolean;
  readonly source: string;
  readonly database: string;
  readonly session: ({ readonly id: string; readonly recorder: string } & Readonly<Record<string, unknown>>) | null;
  readonly feed: ClientStatus | null;
  readonly recorder: RecorderCounters | null;
  readonly store: string;
  readonly health: Pick<HealthSnapshot, 'status' | 'causes'>;
  readonly transitions: readonly CoordinatorTransition[];
  readonly books: readonly BookStatus[];
};

type BookStatus = {
  readonly market: string;
  readonly synced: boolean;
  readonly staleReason: string | null;
  /** `["0.4300", "100.00"]`: dollars and contracts, or `null` where nothing rests. */
  readonly yesBid: readonly [price: string, size: string] | null;
  readonly yesAsk: readonly [price: string, size: string] | null;
};

export function buildStatus(sources: Sources): Status {
  const { coordinator, transitions, health, client, session, recorder, store, source, database } = sources;
  return {
    state: coordinator.phase,
    since: new Date(coordinator.sinceMs).toISOString(),
    cause: coordinator.cause,
    ready: coordinator.phase === 'ready',
    source,
    database,
    session: session && { id: session.id, recorder: session.recorder, ...session.counters() },
    feed: client?.status() ?? null,
    recorder,
    store: store === null ? 'closed' : store.state === 'failing' ? `failing: ${store.error.code}` : store.state,
    health: { status: health.status, causes: health.causes },
    transitions,
    books: client ? [...client.books()].map(bookStatus) : [],
  };
}

const bookStatus = (book: BookView): BookStatus => ({
  market: book.market,
  synced: book.synced,
  staleReason: book.staleReason,
  yesBid: levelText(book.bestBid('yes')),
  yesAsk: levelText(book.bestAsk('yes')),
});

const levelText = (level: Level | undefined): readonly [string, string] | null =>
  level ? [formatPrice(level[0]), formatSize(level[1])] : null;
