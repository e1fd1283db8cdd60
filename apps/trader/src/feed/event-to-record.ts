// The feed's words into the store's: the two packages do not know each other.
import {
  EVENT_TYPES,
  type ChannelEvent,
  type ControlEvent,
  type DeltaEvent,
  type GapEvent,
  type SnapshotEvent,
  type UnrecognizedEvent,
} from '@trader/orderbook-client';
import type { StoreRecord } from '@trader/session-store';

/** What of the feed is recorded: every frame, and every hole. */
export type RecordedEvent = SnapshotEvent | DeltaEvent | ChannelEvent | ControlEvent | UnrecognizedEvent | GapEvent;

/** All of them: an event either is recorded, or is about the client itself. */
export const RECORDED_EVENTS = EVENT_TYPES.filter(
  (type) => type !== 'stale' && type !== 'verified' && type !== 'status' && type !== 'problem',
);

/**
 * One event of the feed as a record of the store. Prices and sizes have the same scales on both sides. What the store has
 * no columns for is kept as the frame's text.
 */
export function eventToRecord(event: RecordedEvent): StoreRecord {
  switch (event.type) {
    case 'delta': {
      const { epoch, sid, seq, market, side, price, delta, exchangeAtMs, receivedAtMs } = event;
      return { kind: 'delta', epoch, sid, seq, market, side, price, delta, exchangeAtMs, receivedAtMs };
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
    case 'market-lifecycle':
    case 'event-lifecycle':
    case 'event-fee-update':
    case 'fill':
    case 'user-order':
    case 'market-position':
    case 'order-group':
    case 'raw':
    case 'control':
    case 'unrecognized': {
      const { epoch, sid, seq, receivedAtMs, text } = event;
      return { kind: 'raw', epoch, sid, seq, receivedAtMs, text };
    }
    case 'gap': {
      const { epoch, sid, firstSeq, lastSeq, fromAtMs, toAtMs, cause, market } = event;
      return { kind: 'gap', epoch, sid, firstSeq, lastSeq, fromAtMs, toAtMs, cause, market };
    }
  }
}
