import type { GapEvent, RawEvent } from '@trader/orderbook-client';
import { expect, test } from 'vitest';
import { eventToRecord, RECORDED_EVENTS } from './event-to-record.ts';

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
