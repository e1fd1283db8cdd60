import { expect, test } from 'vitest';
import { SpoolIndex } from './spool-index.ts';

const entry = (session: string, batch: number, atMs = batch) => ({
  session,
  batch,
  records: 5,
  atMs,
  payload: new Uint8Array(100),
});

test('a segment is done when the last batch of each session in it is released', () => {
  const index = new SpoolIndex();
  for (const [session, batch] of [
    ['a', 1],
    ['b', 1],
    ['a', 2],
  ] as const) {
    index.add(entry(session, batch));
    index.place('first', session, batch);
  }
  index.add(entry('a', 3));
  index.place('second', 'a', 3);
  index.place('second', 'b', 0);
  index.release('a', 2);
  index.acknowledge('b', 1);
  expect(index.isDone('first')).toBe(false);
  index.release('b', 1);
  expect([index.isDone('first'), index.isDone('second')]).toEqual([true, false]);
});

test('counts what waits, and from when', () => {
  const index = new SpoolIndex();
  expect(index.depth()).toEqual({ entries: 0, records: 0, bytes: 0, oldestAtMs: null });
  for (const batch of [1, 1, 2]) index.add(entry('a', batch, 10 - batch));
  index.add(entry('b', 7, 5));
  expect(index.depth()).toEqual({ entries: 4, records: 20, bytes: 400, oldestAtMs: 5 });
  index.acknowledge('b', 7);
  index.acknowledge('a', 1);
  expect(index.depth()).toEqual({ entries: 1, records: 5, bytes: 100, oldestAtMs: 8 });
  expect(index.sessions()).toEqual([{ session: 'a', firstBatch: 2, lastBatch: 2, entries: 1, records: 5 }]);
});

test('does not count an entry whose batch was acknowledged before it came', () => {
  const index = new SpoolIndex();
  index.acknowledge('a', 3);
  index.add(entry('a', 3));
  expect(index.depth().entries).toBe(0);
});

test('forgets a session with the last segment that names it, so that memory does not grow with sessions', () => {
  const index = new SpoolIndex();
  for (const segment of ['first', 'second']) index.place(segment, 'a', 1);
  index.acknowledge('a', 1);
  index.forget('first');
  expect(index.isAcknowledged('a', 1)).toBe(true);
  index.forget('second');
  expect(index.isAcknowledged('a', 1)).toBe(false);
});
