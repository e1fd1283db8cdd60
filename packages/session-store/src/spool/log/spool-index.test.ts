import { expect, test } from 'vitest';
import { SpoolIndex } from './spool-index.ts';

const entry = (session: string, batch: number, atMs = batch) => ({
  session,
  batch,
  records: 5,
  atMs,
  payload: 'x'.repeat(100),
});

const emptyIndex = () => new SpoolIndex({ sessions: [], nextNumber: 1 });

test('counts what waits, and from when', () => {
  const index = emptyIndex();
  expect(index.depth()).toEqual({ entries: 0, records: 0, bytes: 0, oldestAtMs: null });
  for (const batch of [1, 2, 3]) index.add(entry('a', batch, 10 + batch));
  index.add(entry('b', 7, 5));
  expect(index.depth()).toEqual({ entries: 4, records: 20, bytes: 400, oldestAtMs: 5 });
  expect(index.acknowledge(index.session('b'), 7)).toBe(100);
  expect(index.acknowledge(index.session('a'), 1)).toBe(100);
  expect(index.depth()).toEqual({ entries: 2, records: 10, bytes: 200, oldestAtMs: 12 });
  expect(index.sessions()).toEqual([
    { session: 'a', lastBatch: 3, records: 10 },
    { session: 'b', lastBatch: 7, records: 0 },
  ]);
});

test('a session begins with nothing, under a number of its own', () => {
  const index = emptyIndex();
  const nothing = { lastBatch: 0, acknowledged: 0, lastNote: 0, batches: [], records: 0 };
  expect(index.session('a')).toEqual({ number: 1, ...nothing });
  expect(index.session('b')).toEqual({ number: 2, ...nothing });
});

test('does not keep a batch that was acknowledged before it came, and knows that it came', () => {
  const index = emptyIndex();
  index.acknowledge(index.session('a'), 3);
  expect(index.add(entry('a', 3))).toBe(false);
  expect(index.add(entry('a', 4))).toBe(true);
  expect(index.depth().entries).toBe(1);
  expect(index.sessions()).toEqual([{ session: 'a', lastBatch: 4, records: 5 }]);
});

test('goes on from what was found, with numbers that nobody had', () => {
  const found = { session: 'a', number: 4, lastBatch: 9, acknowledged: 7, lastNote: 2 };
  const batches = [{ batch: 9, records: 5, atMs: 3, bytes: 100 }];
  const index = new SpoolIndex({ sessions: [{ ...found, batches }], nextNumber: 6 });
  expect(index.depth()).toEqual({ entries: 1, records: 5, bytes: 100, oldestAtMs: 3 });
  expect(index.find('a')).toMatchObject({ number: 4, lastNote: 2 });
  index.forget('a');
  expect(index.session('a').number).toBe(6);
});
