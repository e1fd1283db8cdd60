import fc from '@trader/testkit/fast-check';
import { expect, it } from 'vitest';
import { MergeQueue } from './merge-queue.ts';

it('merges sources by time, then by their order, and never reorders one of them', () => {
  const source = fc.array(fc.integer({ min: 0, max: 20 })).map((times) => times.toSorted((a, b) => a - b));
  fc.assert(
    fc.property(fc.array(source, { maxLength: 9 }), (tapes) => {
      const queue = new MergeQueue<{ dueMs: number; order: number; next: number }>();
      for (const [order, [dueMs]] of tapes.entries()) if (dueMs !== undefined) queue.push({ dueMs, order, next: 1 });
      const merged: [dueMs: number, order: number][] = [];
      for (let first = queue.first; first; first = queue.first) {
        merged.push([first.dueMs, first.order]);
        const dueMs = tapes[first.order]?.[first.next++];
        if (dueMs === undefined) queue.removeFirst();
        else {
          first.dueMs = dueMs;
          queue.sink();
        }
      }
      const all = tapes.flatMap((times, order) => times.map((dueMs) => [dueMs, order] as const));
      expect(merged).toEqual(all.toSorted(([a, i], [b, j]) => a - b || i - j));
    }),
  );
});
