// A hole is told where it was seen, and its books are stale from there.
import type { StaleReason } from '../../events.ts';
import { recordToEvent, type GapRecord } from '../../records.ts';
import type { WireChannel } from '../../wire.ts';
import { markStale, type FeedEffect } from '../state/feed-state.ts';
import { countedStreams, type RecordedConnection, type RecordedStream } from './recorded-streams.ts';
import type { ReplayState } from './replay-state.ts';

/** Tells holes that a record has shown. The client names the holes of all subscriptions of a lost socket, and then its books. */
export function tellHoles(state: ReplayState, seen: readonly GapRecord[], atMs: number, effects: FeedEffect[]): void {
  if (seen.length === 0) return;
  const lost = seen.filter(({ cause }) => cause === 'disconnected');
  for (const gap of seen) if (!lost.includes(gap)) tellHole(state, gap, atMs, effects);
  const place = (gap: GapRecord): number => placeOf(state.streams.channelOf(gap));
  const inOrder = lost.toSorted((a, b) => a.epoch - b.epoch || place(a) - place(b) || a.sid! - b.sid!);
  for (const gap of inOrder) pushGap(state, gap, effects);
  for (const epoch of new Set(lost.map((gap) => gap.epoch))) lose(state, epoch, atMs, effects);
}

/** A socket is lost: nothing of it is known any more. */
function lose(
  state: ReplayState,
  epoch: number,
  atMs: number,
  effects: FeedEffect[],
  successor?: RecordedConnection,
): void {
  const { feed } = state;
  const connection = state.streams.connectionOf(epoch);
  if (connection.isLost) return;
  const markets = state.marketsOf(connection);
  const before = feed.epoch;
  feed.epoch = epoch;
  markStale(feed, markets, 'disconnected', atMs, effects);
  state.noteNumbered(epoch, atMs, effects);
  state.lose(connection, markets, atMs, effects, successor);
  feed.epoch = before;
}

/** Another recording begins, of which nothing is a continuation of what is known: every connection is lost. */
export function loseAll(state: ReplayState, atMs: number, effects: FeedEffect[]): void {
  tellHoles(state, state.holes.all(), atMs, effects);
  const rest = state.streams.open().flatMap((connection) => countedStreams(connection).map(holeOf));
  tellHoles(state, rest, atMs, effects);
  for (const { epoch } of state.streams.open()) lose(state, epoch, atMs, effects);
  state.forgetConnections();
}

/** One is lost of which no hole says so, as another has taken its place. */
export function loseUntold(
  state: ReplayState,
  gone: RecordedConnection,
  successor: RecordedConnection,
  atMs: number,
  effects: FeedEffect[],
): void {
  for (const stream of countedStreams(gone)) pushGap(state, holeOf(stream), effects);
  lose(state, gone.epoch, atMs, effects, successor);
}

/** What the client says of a subscription when its socket is gone. */
const holeOf = ({ connection: { epoch }, sid, sequence, heardAtMs }: RecordedStream): GapRecord => ({
  kind: 'gap',
  epoch,
  sid,
  firstSeq: sequence.last + 1,
  lastSeq: null,
  fromAtMs: heardAtMs,
  toAtMs: null,
  cause: 'disconnected',
  market: null,
});

export function tellHole(state: ReplayState, gap: GapRecord, atMs: number, effects: FeedEffect[]): void {
  const { feed, books } = state;
  const { epoch, sid, firstSeq, fromAtMs, toAtMs, cause, market } = gap;
  pushGap(state, gap, effects);
  const connection = state.streams.connectionOf(epoch);
  const streams = sid === null ? [...connection.streams.values()] : [connection.streams.get(sid)];
  // What was missed without a number was missed by its end, and a book that came before that may lack it.
  if (firstSeq === null) {
    const untilMs = toAtMs ?? fromAtMs;
    if (market) state.missedUntilMs.set(market, untilMs);
    else connection.missedUntilMs = Math.max(connection.missedUntilMs, untilMs);
  }
  const before = feed.epoch;
  feed.epoch = epoch;
  const markets = market ? [market] : streams.flatMap((stream) => (stream ? books.marketsOf(stream) : []));
  markStale(feed, markets, STALE_REASONS.get(cause) ?? 'gap', atMs, effects);
  if (!market && streams.some((stream) => stream?.channel === 'orderbook_delta'))
    state.noteNumbered(epoch, atMs, effects);
  feed.epoch = before;
}

function pushGap({ feed, streams }: ReplayState, gap: GapRecord, effects: FeedEffect[]): void {
  feed.counters.gaps++;
  effects.push(recordToEvent(gap, { channel: streams.channelOf(gap) }));
}

const placeOf = (channel: WireChannel | null): number =>
  channel === null ? CHANNELS.length : CHANNELS.indexOf(channel);

/** The order in which the holes of one cut are told; the client's is that of its option. */
const CHANNELS: readonly WireChannel[] = [
  'orderbook_delta',
  'trade',
  'ticker',
  'market_lifecycle_v2',
  'fill',
  'user_orders',
  'market_positions',
  'order_group_updates',
];

/** What the books are called after a hole of the client's own. */
const STALE_REASONS: ReadonlyMap<string, StaleReason> = new Map([
  ['violation', 'violation'],
  ['disconnected', 'disconnected'],
  ['subscription-lost', 'resubscribed'],
]);
