import type { Level, Side } from './core/book.ts';
import type { OrderbookClientError } from './errors.ts';

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
  /** Resting YES bids, ascending as the exchange sent them. */
  readonly yes: readonly Level[];
  /** Resting NO bids, in NO prices. */
  readonly no: readonly Level[];
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
  /** `false`: the book is stale and waits for a snapshot, so the change was not applied. */
  readonly applied: boolean;
};

/** Numbers of a sid that were never received. Every book of the sid is stale from here to its next snapshot. */
export type GapEvent = {
  readonly type: 'gap';
  readonly epoch: number;
  readonly sid: number;
  readonly firstSeq: number;
  /** `null` when the socket went away: nobody knows how many frames were on the way. */
  readonly lastSeq: number | null;
  /** When the last frame before the hole was read. */
  readonly fromAtMs: number;
  /** When the first frame after it was read; `null` when the socket went away. */
  readonly toAtMs: number | null;
  readonly cause: GapCause;
};

/**
 * `sequence`: a number was skipped. `violation`: the frame with this number could not be read. `disconnected`: the
 * socket went away.
 */
export type GapCause = 'sequence' | 'violation' | 'disconnected';

/** An acknowledgement, an error, or a frame that this client does not know, as it came. */
export type ControlEvent = {
  readonly type: 'control';
  readonly epoch: number;
  /** The frame's `type`; empty when it had none. */
  readonly frameType: string;
  readonly sid: number | null;
  readonly seq: number | null;
  readonly receivedAtMs: number;
  readonly text: string;
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

export type OrderbookEvent = SnapshotEvent | DeltaEvent | GapEvent | ControlEvent | StatusEvent | ProblemEvent;

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
  | 'unwanted';

/** Totals since the client was made. They only rise. */
export type FeedCounters = {
  readonly frames: number;
  readonly snapshots: number;
  readonly deltas: number;
  readonly control: number;
  readonly gaps: number;
  /** Frames whose number had been seen before; not applied. */
  readonly duplicates: number;
  /** Deltas that came while their book was stale; passed on, not applied. */
  readonly unapplied: number;
  readonly unrecognized: number;
  readonly violations: number;
  /** Books that broke an invariant (a negative level, crossed sides), or that an audit found wrong. */
  readonly desyncs: number;
  /** Audits that found the book equal to the exchange's. */
  readonly audited: number;
  /** Frames for a sid or market that is not wanted; not applied. */
  readonly foreign: number;
  /** Sockets that were opened. */
  readonly epochs: number;
};
