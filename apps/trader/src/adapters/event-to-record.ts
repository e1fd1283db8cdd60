// The feed's words into the store's: the two packages do not know each other.
import type { ControlEvent, DeltaEvent, GapEvent, SnapshotEvent, UnrecognizedEvent } from '@trader/orderbook-client';
import type { StoreRecord } from '@trader/session-store';

/** What of the feed is recorded: every frame, and every hole. */
export type RecordedEvent = SnapshotEvent | DeltaEvent | ControlEvent | UnrecognizedEvent | GapEvent;

/** One event of the feed as a record of the store. Prices and sizes have the same scales on both sides. */
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
    case 'control':
    case 'unrecognized': {
      const { epoch, sid, seq, receivedAtMs, text } = event;
      return { kind: 'raw', epoch, sid, seq, receivedAtMs, text };
    }
    case 'gap': {
      const { epoch, sid, firstSeq, lastSeq, fromAtMs, toAtMs, cause } = event;
      return { kind: 'gap', epoch, sid, firstSeq, lastSeq, fromAtMs, toAtMs, cause };
    }
  }
}
