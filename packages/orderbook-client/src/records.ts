// What a recording keeps of the feed: events to records, and records back to events. The types are written down here, so that
// any store whose records have these fields fits, and none is imported. Prices and sizes have the same scales on both sides.
import type { ChannelEvent } from './channel-events.ts';
import { decodeFrame } from './core/decode/decode.ts';
import { messageToEvent } from './core/decode/message-event.ts';
import type { Level, Side } from './core/price/book-level.ts';
import { ONE_DOLLAR } from './core/price/price.ts';
import {
  lifecycleToRecord,
  recordToLifecycle,
  recordToTicker,
  tickerToRecord,
  type LifecycleRecord,
  type ReferenceRecord,
  type TickerRecord,
} from './fact-records.ts';
import {
  EVENT_TYPES,
  type ControlEvent,
  type DeltaEvent,
  type GapEvent,
  type SnapshotEvent,
  type UnrecognizedEvent,
} from './events.ts';
import type { WireChannel } from './wire.ts';

/** One change of one price level. */
export type DeltaRecord = Omit<DeltaEvent, 'type' | 'applied' | 'exchangeAtUs'> & {
  readonly kind: 'delta';
  /** @default null: not known to the microsecond */
  readonly exchangeAtUs?: number | null;
};

/** A whole book at one number of its subscription. */
export type SnapshotRecord = {
  readonly kind: 'snapshot';
  readonly epoch: number;
  readonly sid: number;
  readonly seq: number;
  readonly market: string;
  readonly receivedAtMs: number;
  readonly yes: readonly Level[];
  readonly no: readonly Level[];
};

/** One trade. */
export type TradeRecord = {
  readonly kind: 'trade';
  readonly epoch: number;
  readonly sid: number;
  readonly seq: number | null;
  readonly market: string;
  readonly tradeId: string;
  /** 1/10,000 dollar. */
  readonly yesPrice: number;
  /** 1/100 contract. */
  readonly size: number;
  /** `null` where it is not known, like the next two. */
  readonly takerSide: Side | null;
  readonly isBlockTrade: boolean | null;
  readonly exchangeAtMs: number | null;
  readonly receivedAtMs: number;
};

/** A frame as its text; empty where its bytes were no text. */
export type RawRecord = {
  readonly kind: 'raw';
  readonly epoch: number;
  readonly sid: number | null;
  readonly seq: number | null;
  readonly receivedAtMs: number;
  readonly text: string;
};

/** A hole. `null` where it is not known; without a `sid` it is of the whole connection. */
export type GapRecord = {
  readonly kind: 'gap';
  readonly epoch: number;
  readonly sid: number | null;
  readonly firstSeq: number | null;
  readonly lastSeq: number | null;
  readonly fromAtMs: number;
  readonly toAtMs: number | null;
  /** A `GapCause`, or the recorder's own. */
  readonly cause: string;
  /** @default null: any market of the subscription may miss something */
  readonly market?: string | null;
};

export type { LifecycleRecord, ReferenceRecord, TickerRecord } from './fact-records.ts';

export type FeedRecord =
  | DeltaRecord
  | SnapshotRecord
  | TradeRecord
  | LifecycleRecord
  | TickerRecord
  | RawRecord
  | GapRecord;

/** What of the feed is recorded: every frame, and every hole. */
export type RecordedEvent = SnapshotEvent | DeltaEvent | ChannelEvent | ControlEvent | UnrecognizedEvent | GapEvent;

/** Their types. An event either is recorded, or is about the client itself. */
export const RECORDED_EVENTS = EVENT_TYPES.filter(
  (type) => type !== 'stale' && type !== 'verified' && type !== 'audited' && type !== 'status' && type !== 'problem',
);

/**
 * One event of the feed as a record. What has no fields of its own there is kept as the frame's text, and so is a ticker or lifecycle
 * event of which something could not be read.
 */
export function eventToRecord(event: RecordedEvent): FeedRecord {
  switch (event.type) {
    case 'delta': {
      const { epoch, sid, seq, market, side, price, delta, exchangeAtMs, exchangeAtUs, receivedAtMs } = event;
      return { kind: 'delta', epoch, sid, seq, market, side, price, delta, exchangeAtMs, exchangeAtUs, receivedAtMs };
    }
    case 'snapshot': {
      const { epoch, sid, seq, market, receivedAtMs, yes, no } = event;
      return { kind: 'snapshot', epoch, sid, seq, market, receivedAtMs, yes, no };
    }
    case 'trade': {
      const { epoch, sid, seq, market, tradeId, yesPrice, size, takerSide, blockTrade, exchangeAtMs, receivedAtMs } =
        event;
      const known = takerSide === 'yes' ? 'yes' : takerSide === 'no' ? 'no' : null;
      const trade = { market, tradeId, yesPrice, size, takerSide: known, isBlockTrade: blockTrade } as const;
      return { kind: 'trade', epoch, sid, seq, ...trade, exchangeAtMs, receivedAtMs };
    }
    case 'ticker':
      return tickerToRecord(event) ?? rawOf(event);
    case 'market-lifecycle':
    case 'event-lifecycle':
    case 'event-fee-update':
      return lifecycleToRecord(event) ?? rawOf(event);
    case 'fill':
    case 'user-order':
    case 'market-position':
    case 'order-group':
    case 'raw':
    case 'control':
    case 'unrecognized':
      return rawOf(event);
    case 'gap': {
      const { epoch, sid, firstSeq, lastSeq, fromAtMs, toAtMs, cause, market } = event;
      return { kind: 'gap', epoch, sid, firstSeq, lastSeq, fromAtMs, toAtMs, cause, market };
    }
  }
}

const rawOf = ({ epoch, sid, seq, receivedAtMs, text }: Omit<RawRecord, 'kind'>): RawRecord => ({
  kind: 'raw',
  epoch,
  sid,
  seq,
  receivedAtMs,
  text,
});

/** What an event says and its record does not. */
export type RecordContext = {
  /** Of a snapshot or delta. @default true */
  readonly applied?: boolean;
  /** Of a hole. @default null: it is not known */
  readonly channel?: WireChannel | null;
};

/**
 * One record as the event that it was. Text is decoded again, by this version. What no record has: a snapshot's `marketId`
 * (`null`), the `text` of a trade, a ticker or a lifecycle event (empty), a taker's side other than `yes` and `no` (`unknown`). A trade or
 * ticker without the exchange's time has that of its arrival.
 */
export function recordToEvent(record: FeedRecord, context?: RecordContext): RecordedEvent;
/** @returns `null` for reference data, which is no event */
export function recordToEvent(record: FeedRecord | ReferenceRecord, context?: RecordContext): RecordedEvent | null;
export function recordToEvent(
  record: FeedRecord | ReferenceRecord,
  { applied = true, channel = null }: RecordContext = {},
): RecordedEvent | null {
  switch (record.kind) {
    case 'delta': {
      const { kind: type, exchangeAtUs = null, ...rest } = record;
      return { type, ...rest, exchangeAtUs, applied };
    }
    case 'snapshot': {
      const { kind: type, epoch, sid, seq, market, receivedAtMs, yes, no } = record;
      return { type, epoch, sid, seq, market, marketId: null, receivedAtMs, yes, no, applied };
    }
    case 'trade': {
      const { kind: type, isBlockTrade: blockTrade, takerSide, exchangeAtMs, yesPrice, receivedAtMs, ...rest } = record;
      return {
        type,
        ...rest,
        yesPrice,
        noPrice: ONE_DOLLAR - yesPrice,
        takerSide: takerSide ?? 'unknown',
        blockTrade,
        exchangeAtMs: exchangeAtMs ?? receivedAtMs,
        receivedAtMs,
        text: '',
      };
    }
    case 'market':
    case 'exchange':
      return null;
    case 'ticker':
      return recordToTicker(record);
    case 'lifecycle':
      return recordToLifecycle(record);
    case 'raw':
      return messageToEvent(decodeFrame(record.text), record);
    case 'gap': {
      const { kind: type, market = null, ...rest } = record;
      return { type, ...rest, channel, market };
    }
  }
}
