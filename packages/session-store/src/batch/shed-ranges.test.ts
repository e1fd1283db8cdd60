import fc from '@trader/testkit/fast-check';
import { expect, test } from 'vitest';
import { ShedRanges, type SheddableRecord } from './shed-ranges.ts';

const raw = (epoch: number, sid: number | null, seq: number | null, receivedAtMs: number): SheddableRecord => ({
  kind: 'raw',
  epoch,
  sid,
  seq,
  receivedAtMs,
  text: '{}',
});

const rangesOf = (...records: SheddableRecord[]) => {
  const ranges = new ShedRanges();
  for (const record of records) ranges.add(record);
  return ranges.take();
};

test('names one range for each subscription of each epoch, with its times', () => {
  const ranges = rangesOf(raw(1, 1, 7, 100), raw(1, 2, 3, 110), raw(1, 1, 9, 120), raw(2, 1, 1, 130));
  const gap = { kind: 'gap', cause: 'shed' };
  expect(ranges).toEqual([
    { shed: 2, record: { ...gap, epoch: 1, sid: 1, firstSeq: 7, lastSeq: 9, fromAtMs: 100, toAtMs: 120 } },
    { shed: 1, record: { ...gap, epoch: 1, sid: 2, firstSeq: 3, lastSeq: 3, fromAtMs: 110, toAtMs: 110 } },
    { shed: 1, record: { ...gap, epoch: 2, sid: 1, firstSeq: 1, lastSeq: 1, fromAtMs: 130, toAtMs: 130 } },
  ]);
});

test('names records without numbers by their times alone', () => {
  const [range] = rangesOf(raw(1, null, null, 100), raw(1, null, null, 90));
  expect(range).toMatchObject({
    shed: 2,
    record: { sid: null, firstSeq: null, lastSeq: null, fromAtMs: 90, toAtMs: 100 },
  });
});

test('begins anew once the ranges are taken', () => {
  const ranges = new ShedRanges();
  ranges.add(raw(1, 1, 1, 100));
  ranges.take();
  expect(ranges.take()).toEqual([]);
  ranges.add(raw(1, 1, 5, 200));
  expect(ranges.take()).toMatchObject([{ shed: 1, record: { firstSeq: 5, lastSeq: 5, fromAtMs: 200 } }]);
});

test('covers every record, and counts each once', () => {
  const record = fc
    .tuple(
      fc.integer({ min: 1, max: 3 }),
      fc.option(fc.integer({ min: 1, max: 3 }), { nil: null }),
      fc.option(fc.nat(), { nil: null }),
      fc.nat(),
    )
    .map((fields) => raw(...fields));
  fc.assert(
    fc.property(fc.array(record), (records) => {
      const ranges = rangesOf(...records);
      expect(ranges.reduce((sum, { shed }) => sum + shed, 0)).toBe(records.length);
      for (const { epoch, sid, seq, receivedAtMs } of records) {
        const mine = ranges.filter(({ record }) => record.epoch === epoch && record.sid === sid);
        expect(mine).toHaveLength(1);
        const { firstSeq, lastSeq, fromAtMs, toAtMs } = mine[0]!.record;
        expect(seq === null || (firstSeq! <= seq && seq <= lastSeq!)).toBe(true);
        expect(fromAtMs <= receivedAtMs && receivedAtMs <= toAtMs!).toBe(true);
      }
    }),
  );
});
