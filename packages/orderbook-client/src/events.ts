import type { ChannelEvent, OpenEnum } from './channel-events.ts';
import type { Level, Side } from './core/price/book-level.ts';
import type { OrderbookClientError } from './errors.ts';
import type { WireChannel } from './wire.ts';

/** Where a frame stood: `epoch` counts the client's opened sockets from 1, `sid` and `seq` are the exchange's. */
type Position = {
  readonly epoch: number;
  readonly sid: number;
  readonly seq: number;
  /** When this client read the frame, wall clock, ms since the Unix epoch. */
  readonly receivedAtMs: number;
};

/** A full book. It replaces whatever was known of the market, also when nobody asked for it. */
export type SnapshotEvent = Position & {
  readonly type: 'snapshot';
  readonly market: string;
  /**
   * The exchange's id of it; `null` for a ticker that it does not know, which has an empty book without an id, and in a replay: a
   * recording has none.
   */
  readonly marketId: string | null;
  /** Resting YES bids, ascending as the exchange sent them. */
  readonly yes: readonly Level[];
  /** Resting NO bids, in NO prices. */
  readonly no: readonly Level[];
  /**
   * `true`: the book is now this, and synced (after a pause in reading: once it is verified). `false`: nobody wants the
   * market, it is being taken out and in, or the snapshot is crossed.
   */
  readonly applied: boolean;
};

/** A change of one level. */
export type DeltaEvent = Position & {
  readonly type: 'delta';
  readonly market: string;
  readonly side: Side;
  /** 1/10,000 dollar. */
  readonly price: number;
  /** Signed change in 1/100 contract. */
  readonly delta: number;
  /** The exchange's own time, where the frame had one. */
  readonly exchangeAtMs: number | null;
  /**
   * The same to the microsecond: µs since the Unix epoch, of which `exchangeAtMs` is the whole ms. `null` where the frame has only
   * ms, or its text (`ts`) is unreadable or is another time than its `ts_ms`.
   */
  readonly exchangeAtUs: number | null;
  /** `false`: the book waits for a snapshot, so the change was not applied. */
  readonly applied: boolean;
};

/** Numbers of a sid that were never received, or not readable. The books that it concerns are stale to their next snapshot. */
export type GapEvent = {
  readonly type: 'gap';
  readonly epoch: number;
  /** `null` only in a replay, like the next two: a recorder's own hole may be of a whole connection. */
  readonly sid: number | null;
  readonly channel: WireChannel | null;
  readonly firstSeq: number | null;
  /** `null` when the sid or its socket went away: nobody knows how many frames were on the way. */
  readonly lastSeq: number | null;
  /** When the last frame before the hole was read. */
  readonly fromAtMs: number;
  /** When the first frame after it was read; `null` when none comes. */
  readonly toAtMs: number | null;
  /** One of the client's own; in a replay also one of the recorder's. */
  readonly cause: OpenEnum<GapCause>;
  /** The one market that misses something; `null`: any of the subscription may. */
  readonly market: string | null;
};

/**
 * `sequence`: a number was skipped. `violation`: the frame with this number could not be read. `disconnected`: the
 * socket went away. `subscription-lost`: the exchange ended the sid.
 */
export type GapCause = 'sequence' | 'violation' | 'disconnected' | 'subscription-lost';

/**
 * Books that were synced, and are not to be traded on from now on. Each is synced again by its next snapshot, or by a
 * {@link VerifiedEvent}.
 */
export type StaleEvent = {
  readonly type: 'stale';
  readonly epoch: number;
  readonly markets: readonly string[];
  readonly reason: StaleReason;
  readonly atMs: number;
};

/** Books that were stale because nobody knew whether they were right, and are synced again: nothing was missed. */
export type VerifiedEvent = {
  readonly type: 'verified';
  readonly epoch: number;
  readonly markets: readonly string[];
  readonly atMs: number;
};

/** The exchange was asked for a book that was synced, and what it answered was compared with the book. */
export type AuditedEvent = {
  readonly type: 'audited';
  readonly epoch: number;
  readonly market: string;
  /** Levels that the exchange has otherwise: 0 is an equal book. With any the exchange's book replaces it. */
  readonly differences: number;
  readonly atMs: number;
};

/** An answer to a command, or an error of the exchange, as it came. */
export type ControlEvent = {
  readonly type: 'control';
  readonly epoch: number;
  /** The frame's `type`. */
  readonly frameType: string;
  readonly sid: number | null;
  readonly seq: number | null;
  readonly receivedAtMs: number;
  readonly text: string;
};

/** A frame that this version does not know or cannot read, as it came. */
export type UnrecognizedEvent = Omit<ControlEvent, 'type' | 'frameType'> & {
  readonly type: 'unrecognized';
  /** The frame's `type`; empty where it has none, or could not be read. */
  readonly frameType: string;
  /** What is wrong with it; `null` if it is of a type that is not known. */
  readonly reason: string | null;
};

/** The feed went from one phase to another. */
export type StatusEvent = {
  readonly type: 'status';
  readonly from: FeedPhase;
  readonly to: FeedPhase;
  readonly atMs: number;
};

/** Something went wrong that the client handles by itself; `retryInMs` says when it tries again, where it waits. */
export type ProblemEvent = {
  readonly type: 'problem';
  readonly error: OrderbookClientError;
  readonly retryInMs: number | null;
  readonly atMs: number;
};

export type OrderbookEvent =
  | SnapshotEvent
  | DeltaEvent
  | GapEvent
  | StaleEvent
  | VerifiedEvent
  | AuditedEvent
  | ChannelEvent
  | ControlEvent
  | UnrecognizedEvent
  | StatusEvent
  | ProblemEvent;

const EACH_TYPE: Record<OrderbookEvent['type'], true> = {
  snapshot: true,
  delta: true,
  gap: true,
  stale: true,
  verified: true,
  audited: true,
  trade: true,
  ticker: true,
  'market-lifecycle': true,
  'event-lifecycle': true,
  'event-fee-update': true,
  fill: true,
  'user-order': true,
  'market-position': true,
  'order-group': true,
  raw: true,
  control: true,
  unrecognized: true,
  status: true,
  problem: true,
};

/** Every type of event. */
export const EVENT_TYPES = Object.keys(EACH_TYPE) as readonly OrderbookEvent['type'][];

/**
 * `idle` before `start()`; `connecting` while a socket is being opened; `subscribing` from the open socket until every
 * wanted market was answered by a snapshot; `live` after that, whatever single books need repair; `waiting` between
 * two tries; `closed` for good.
 */
export type FeedPhase = 'idle' | 'connecting' | 'subscribing' | 'live' | 'waiting' | 'closed';

/** Why a book is not to be traded on. */
export type StaleReason =
  | 'no-snapshot-yet'
  | 'gap'
  | 'desync'
  | 'violation'
  | 'disconnected'
  | 'unanswered'
  | 'resubscribed'
  | 'paused'
  | 'unwanted';

/**
 * `subscribe`: its market is being subscribed to. `verify`: whether it is right all the same is being asked. Then the repair
 * steps: `snapshot` (0, it is asked for), `out-and-in` (1, its market is taken out of the subscription and in again), `new-sid`
 * (2, the subscription is made anew), `new-connection` (3).
 */
export type RepairStep = 'subscribe' | 'verify' | 'snapshot' | 'out-and-in' | 'new-sid' | 'new-connection';

/** How a book that is not synced is got back. */
export type BookRepair = {
  readonly step: RepairStep;
  /** Of the repair step, 0 to 3; `null` for what repairs nothing. */
  readonly number: number | null;
  /** Times that it was asked for since it was synced, or that a connection was tried, this one included. */
  readonly attempts: number;
  /** When that is tried again or another way is, at the earliest, if nothing comes; `null`: not known before it was sent. */
  readonly nextTryInMs: number | null;
};

/** Totals since the client was made. They only rise. */
export type FeedCounters = {
  readonly frames: number;
  readonly snapshots: number;
  readonly deltas: number;
  /** Frames of the other channels. */
  readonly channelFrames: number;
  readonly control: number;
  readonly gaps: number;
  /** Frames whose number had been seen before; not applied. */
  readonly duplicates: number;
  /** Deltas that came while their book was stale; passed on, not applied. */
  readonly unapplied: number;
  readonly unrecognized: number;
  /** Fields of channel events that could not be read and are `null`; the event names them as `unreadable`. */
  readonly unreadableFields: number;
  readonly violations: number;
  /** Books that broke an invariant (a negative level, crossed sides), or that an audit found wrong. */
  readonly desyncs: number;
  /** Audits that found the book equal to the exchange's. */
  readonly audited: number;
  /** Frames for a sid or market that is not wanted; not applied. */
  readonly foreign: number;
  /** Times that broken books started to be repaired. */
  readonly repairs: number;
  /** Pings of the exchange, which it sends every 10 s. */
  readonly serverPings: number;
  /** Sockets that were opened. */
  readonly epochs: number;
};
