// The client's events and the store's records: two packages that do not know each other, and whose shapes fit.
import type { GapEvent, RawEvent } from '@trader/orderbook-client';
import {
  eventToRecord,
  RECORDED_EVENTS,
  type DeltaRecord,
  type FeedRecord,
  type GapRecord,
  type LifecycleRecord,
  type RawRecord,
  type ReferenceRecord,
  type SnapshotRecord,
  type TickerRecord,
  type TradeRecord,
} from '@trader/orderbook-client/records';
import type * as store from '@trader/session-store';
import { expect, expectTypeOf, test } from 'vitest';

test('a frame of a channel that the client does not read is recorded as it came', () => {
  const place = { epoch: 3, sid: 7, seq: 12, receivedAtMs: 1_800_000_000_000 };
  const text = '{"type":"rfq_created","sid":7,"seq":12,"msg":{"id":"rfq_1"}}';
  const event: RawEvent = { type: 'raw', channel: 'communications', frameType: 'rfq_created', ...place, text };
  expect(RECORDED_EVENTS).toContain('raw');
  expect(eventToRecord(event)).toEqual({ kind: 'raw', ...place, text });
});

test.each(['KXA', null])('a hole is recorded with the market that it is of: %s', (market) => {
  const numbers = { epoch: 3, sid: 7, firstSeq: 12, lastSeq: 12, fromAtMs: 1, toAtMs: 2 };
  const event: GapEvent = { type: 'gap', channel: 'orderbook_delta', ...numbers, cause: 'violation', market };
  expect(eventToRecord(event)).toEqual({ kind: 'gap', ...numbers, cause: 'violation', market });
});

test('each record of the client is one of the store, and the other way round', () => {
  expectTypeOf<DeltaRecord>().toExtend<store.DeltaRecord>();
  expectTypeOf<store.DeltaRecord>().toExtend<DeltaRecord>();
  expectTypeOf<SnapshotRecord>().toExtend<store.SnapshotRecord>();
  expectTypeOf<store.SnapshotRecord>().toExtend<SnapshotRecord>();
  expectTypeOf<TradeRecord>().toExtend<store.TradeRecord>();
  expectTypeOf<store.TradeRecord>().toExtend<TradeRecord>();
  expectTypeOf<RawRecord>().toExtend<store.RawRecord>();
  expectTypeOf<store.RawRecord>().toExtend<RawRecord>();
  expectTypeOf<GapRecord>().toExtend<store.GapRecord>();
  expectTypeOf<store.GapRecord>().toExtend<GapRecord>();
  expectTypeOf<FeedRecord>().toExtend<store.StoreRecord>();
  expectTypeOf<store.StoreRecord>().toExtend<FeedRecord | ReferenceRecord>();
  expectTypeOf<LifecycleRecord>().toExtend<store.LifecycleRecord>();
  expectTypeOf<store.LifecycleRecord>().toExtend<LifecycleRecord>();
  expectTypeOf<TickerRecord>().toExtend<store.TickerRecord>();
  expectTypeOf<store.TickerRecord>().toExtend<TickerRecord>();
});
