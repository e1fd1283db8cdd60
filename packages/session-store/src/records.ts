// The vocabulary of what a session holds. Scales are the caller's: the store keeps integers and never rounds.

/** Identifies a recording session. Opaque: compare it, pass it back, take nothing out of it. */
export type SessionId = string;

/** `active` until it is closed; the other four say how it ended. */
export type SessionStatus = 'active' | 'closed' | 'health_failure' | 'reclaimed' | 'error';

/** `[price, size]`, both integers at the caller's scale. */
export type StoredLevel = readonly [price: number, size: number];

/** One change of one price level. */
export interface DeltaRecord {
  readonly kind: 'delta';
  /** Which life of the connection; a new one starts the numbering again. 32 bits. */
  readonly epoch: number;
  readonly sid: number;
  /** Rises within (epoch, sid) over deltas, snapshots and trades together. */
  readonly seq: number;
  readonly market: string;
  readonly side: 'yes' | 'no';
  /** Integer, 32 bits. */
  readonly price: number;
  /** Change of size, a safe integer of either sign. */
  readonly delta: number;
  /** When the exchange says it happened, ms since the epoch; `null` where it did not say. May lie after `receivedAtMs`. */
  readonly exchangeAtMs: number | null;
  /**
   * The same to the microsecond: µs since the epoch, a safe integer of which `exchangeAtMs` is the whole ms. @default null: only ms are
   * known. A replay leaves it out then
   */
  readonly exchangeAtUs?: number | null;
  /** When it arrived here, ms since the epoch. */
  readonly receivedAtMs: number;
}

/** One trade, as it was announced. */
export interface TradeRecord {
  readonly kind: 'trade';
  readonly epoch: number;
  readonly sid: number;
  /** Rises within (epoch, sid) over trades, deltas and snapshots together; `null` where the frame had none. */
  readonly seq: number | null;
  readonly market: string;
  /** The exchange's name for it, at most 500 characters. A UUID in lower case takes 16 bytes on disk, anything else its text. */
  readonly tradeId: string;
  /** Integer, 32 bits. */
  readonly yesPrice: number;
  /** A safe integer. */
  readonly size: number;
  /** Who took; `null` where it is not known. */
  readonly takerSide: 'yes' | 'no' | null;
  /** Agreed outside the book; `null` where it is not known. */
  readonly isBlockTrade: boolean | null;
  readonly exchangeAtMs: number | null;
  readonly receivedAtMs: number;
}

/** A whole book at one number of its subscription; empty sides are empty arrays. */
export interface SnapshotRecord {
  readonly kind: 'snapshot';
  readonly epoch: number;
  readonly sid: number;
  readonly seq: number;
  readonly market: string;
  readonly receivedAtMs: number;
  readonly yes: readonly StoredLevel[];
  readonly no: readonly StoredLevel[];
}

/** A frame kept as its text: acknowledgements, and whatever was not understood. */
export interface RawRecord {
  readonly kind: 'raw';
  readonly epoch: number;
  readonly sid: number | null;
  readonly seq: number | null;
  readonly receivedAtMs: number;
  readonly text: string;
}

/** A hole: numbers that never arrived, or a time in which nothing could. `null` where it is not known. */
export interface GapRecord {
  readonly kind: 'gap';
  readonly epoch: number;
  readonly sid: number | null;
  readonly firstSeq: number | null;
  readonly lastSeq: number | null;
  readonly fromAtMs: number;
  readonly toAtMs: number | null;
  readonly cause: string;
  /**
   * The one market that misses something; its neighbours' books stay known. Numbers from `firstSeq` to `lastSeq` that are not
   * stored are named by it, as by any hole. @default null: any market of the subscription may
   */
  readonly market?: string | null;
}

export type StoreRecord = DeltaRecord | SnapshotRecord | TradeRecord | RawRecord | GapRecord;

/** How many records of each kind. `messages` counts frames: snapshots, deltas, trades and raw together, not gaps. */
export interface SessionCounters {
  readonly messages: number;
  readonly snapshots: number;
  readonly deltas: number;
  readonly trades: number;
  readonly raw: number;
  readonly gaps: number;
  /** Frames that were dropped because the queue was full, each in a range of the ledger; not in `messages`. */
  readonly shed: number;
}

/** One session as it is stored. Times are ms since the epoch; counters count what is committed. */
export interface SessionRow extends SessionCounters {
  readonly id: SessionId;
  readonly recorder: string;
  readonly status: SessionStatus;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  readonly endReason: string | null;
  /** The session that this one takes over from. */
  readonly continues: SessionId | null;
  /** The latest `receivedAtMs` that is committed. */
  readonly lastRecordAtMs: number | null;
}
