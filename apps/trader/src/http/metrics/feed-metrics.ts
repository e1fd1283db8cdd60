// The feed and its books, as Prometheus sees them.
import type { ClientStatus, FeedCounters, FeedPhase, OrderbookClient, StaleReason } from '@trader/orderbook-client';
import { keysOf, type MetricRegistry } from './metric-registry.ts';

/** Every counter of the client has a metric; a new one does not compile without. */
const COUNTERS: Record<keyof FeedCounters, readonly [name: string, help: string]> = {
  frames: ['frames', 'WebSocket messages of the exchange, of any kind.'],
  snapshots: ['snapshots', 'Full books.'],
  deltas: ['deltas', 'Changes of one level.'],
  channelFrames: ['channel_frames', 'Messages of channels other than the books.'],
  control: ['control_frames', 'Answers to commands, and errors of the exchange.'],
  gaps: [
    'gaps',
    'Holes in the numbering: numbers that were never received or could not be read, of one market or of all.',
  ],
  duplicates: ['duplicates', 'Messages whose number had been seen before; dropped.'],
  unapplied: ['unapplied_deltas', 'Deltas that came while their book was stale.'],
  unrecognized: ['unrecognized_frames', 'Messages of unknown types.'],
  unreadableFields: ['unreadable_fields', 'Optional fields of channel messages that could not be read.'],
  violations: ['violations', 'Messages that could not be read.'],
  desyncs: ['desyncs', 'Books that broke an invariant or that an audit found wrong.'],
  audited: ['audits', "Audits that found the book equal to the exchange's."],
  foreign: ['foreign_frames', 'Messages for a sid or market that is not wanted.'],
  repairs: ['repairs', 'Times that broken books started to be repaired.'],
  serverPings: ['server_pings', 'Pings of the exchange.'],
  epochs: ['epochs', 'Sockets that were opened.'],
};

const PHASES = keysOf<FeedPhase>({ idle: 0, connecting: 0, subscribing: 0, live: 0, waiting: 0, closed: 0 });

/** Below zero too: with a clock that lags behind the exchange's, frames seem to come before they were sent. */
const DELAY_BUCKETS_SECONDS = [-0.5, -0.05, -0.005, 0, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** `null` before the feed is made. */
export type FeedView = { readonly client: OrderbookClient | null; readonly feed: ClientStatus | null };

/** @returns counts the delays of a client's deltas from now on */
export function defineFeedMetrics(registry: MetricRegistry<FeedView>): (client: OrderbookClient) => void {
  for (const [key, [name, help]] of Object.entries(COUNTERS) as [keyof FeedCounters, readonly [string, string]][]) {
    registry.counter(`trader_feed_${name}_total`, help, ({ feed }) => feed?.counters[key] ?? 0);
  }
  registry.counterBy(
    'trader_feed_raw_frames_total',
    'Messages of channels that are known by name and kept as text, by channel.',
    'channel',
    ({ feed }) => Object.entries(feed?.rawFrames ?? {}),
  );
  registry.counter(
    'trader_feed_listener_failures_total',
    'Times that a listener of the feed threw.',
    ({ feed }) => feed?.listenerFailures ?? 0,
  );
  registry.stateSet('trader_feed_phase', 'Phase of the feed: 1 for the present one.', 'phase', PHASES, ({ feed }) => {
    return feed?.phase ?? 'idle';
  });
  registry.gauge('trader_feed_pending_commands', 'Commands that the exchange has not answered yet.', ({ feed }) =>
    (feed?.connections ?? []).reduce((sum, { pendingCommands }) => sum + pendingCommands, 0),
  );
  registry.gauge(
    'trader_feed_clock_skew_seconds',
    "Exchange's clock minus this machine's, to about a second.",
    ({ feed }) => toSeconds(feed?.clockSkewMs ?? null),
  );
  registry.gauge(
    'trader_feed_last_server_ping_timestamp_seconds',
    'When the oldest of the latest pings of each connection came.',
    ({ feed }) => toSeconds(oldest(feed?.connections.map(({ serverPingAtMs }) => serverPingAtMs) ?? [])),
  );
  registry.gauge('trader_books_wanted', 'Books that are wanted.', ({ feed }) => feed?.wanted ?? 0);
  registry.gauge('trader_books_synced', 'Books that are right.', ({ feed }) => feed?.synced ?? 0);
  registry.gaugeBy('trader_books_stale', 'Books that are not to be traded on, by reason.', ['reason'], ({ client }) =>
    [...staleBooks(client)].map(([reason, number]) => ({ labels: { reason }, number })),
  );
  const delay = registry.histogram(
    'trader_feed_delay_seconds',
    "From the exchange's time on a delta to its arrival; negative where this clock lags behind.",
    DELAY_BUCKETS_SECONDS,
  );
  return (client) => {
    client.on('delta', ({ exchangeAtMs, receivedAtMs }) => {
      if (exchangeAtMs !== null) delay.observe((receivedAtMs - exchangeAtMs) / 1_000);
    });
  };
}

function staleBooks(client: OrderbookClient | null): Map<StaleReason, number> {
  const found = new Map<StaleReason, number>();
  for (const { staleReason } of client?.books() ?? []) {
    if (staleReason !== null) found.set(staleReason, (found.get(staleReason) ?? 0) + 1);
  }
  return found;
}

function oldest(times: readonly (number | null)[]): number | null {
  const known = times.filter((ms) => ms !== null);
  return known.length === 0 ? null : Math.min(...known);
}

const toSeconds = (ms: number | null): number | null => (ms === null ? null : ms / 1_000);
