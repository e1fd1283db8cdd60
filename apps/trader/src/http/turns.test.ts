import { setImmediate as nextRound } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Turns } from './turns.ts';

test('the first turn is at once, and of those that wait one comes in a round, in order', async () => {
  const turns = new Turns();
  const taken: number[] = [];
  for (let i = 0; i < 4; i++) void turns.take().then(() => taken.push(i));
  await Promise.resolve();
  const seen = [taken.length];
  for (let round = 0; round < 5; round++) {
    await nextRound();
    seen.push(taken.length);
  }
  expect(seen).toEqual([1, 2, 3, 4, 4, 4]);
  expect(taken).toEqual([0, 1, 2, 3]);
  // Nobody waits any more: the next one does not either.
  void turns.take().then(() => taken.push(4));
  await Promise.resolve();
  expect(taken).toHaveLength(5);
});
