import { expect, test } from 'vitest';
import type { DeltaRecord, GapRecord } from '../../records.ts';
import { HoleLedger } from './hole-ledger.ts';

const delta = (sid: number, seq: number, receivedAtMs = 1000 + seq): DeltaRecord => ({
  kind: 'delta',
  epoch: 2,
  sid,
  seq,
  market: 'RAIN',
  side: 'yes',
  price: 1,
  delta: 1,
  exchangeAtMs: null,
  receivedAtMs,
});

const row = (over: Partial<GapRecord>): GapRecord => ({
  kind: 'gap',
  epoch: 2,
  sid: null,
  firstSeq: null,
  lastSeq: null,
  fromAtMs: 1002,
  toAtMs: 1006,
  cause: 'spool-damaged',
  ...over,
});

test('names the time of a hole once, and the numbers of each subscription that goes on behind it', () => {
  const ledger = new HoleLedger();
  ledger.see([delta(1, 1), delta(7, 1), delta(1, 2)]);
  expect(ledger.take()).toEqual([]);
  ledger.hole('spool-damaged');
  ledger.see([delta(7, 2, 1007), delta(1, 6), delta(1, 7)]);
  // Subscription 7 has lost nothing.
  expect(ledger.take()).toEqual([row({}), row({ sid: 1, firstSeq: 3, lastSeq: 5 })]);
  ledger.see([delta(1, 8)]);
  expect(ledger.take()).toEqual([]);
});

test('leaves the beginning open where nothing was seen before', () => {
  const ledger = new HoleLedger();
  ledger.hole('spool-damaged');
  ledger.see([delta(1, 6)]);
  expect(ledger.take()).toEqual([row({ fromAtMs: 1006 }), row({ fromAtMs: 1006, sid: 1, lastSeq: 5 })]);
});

test('takes two holes with nothing between for one', () => {
  const ledger = new HoleLedger();
  ledger.see([delta(1, 2)]);
  ledger.hole('spool-damaged');
  ledger.hole('spool-damaged');
  ledger.see([delta(1, 6)]);
  expect(ledger.take()).toHaveLength(2);
});

test('names a hole at the end without an end', () => {
  const ledger = new HoleLedger();
  ledger.see([delta(1, 2)]);
  ledger.hole('spool-damaged');
  expect(ledger.takeEnd(9999)).toEqual([row({ toAtMs: null })]);
  expect(ledger.takeEnd(9999)).toEqual([]);
});

test('names a time that goes on even where the clock went back', () => {
  const ledger = new HoleLedger();
  ledger.see([delta(1, 100)]);
  ledger.hole('spool-damaged');
  ledger.see([delta(2, 1)]);
  const [time] = ledger.take();
  expect(time!.toAtMs).toBeGreaterThanOrEqual(time!.fromAtMs);
});
