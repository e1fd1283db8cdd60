import { expect, test } from 'vitest';
import { MarketNames } from './market-names.ts';
import type { Read } from './read.ts';

/** A database that knows all numbers below a million. */
const read: Read = async (query) => {
  await Promise.resolve();
  const text = JSON.stringify(query).match(/\{(\d+(?:,\d+)*)\}/)![1]!;
  return text.split(',').flatMap((id) => (Number(id) < 1e6 ? [{ id: Number(id), ticker: `M${id}` }] : []));
};

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

test('names of any number of markets are right, whoever else asks at the same time', async () => {
  const names = new MarketNames(read);
  const [one, other, again] = [range(0, 150_000), range(150_000, 300_000), [5, 5, 299_999, 5]];
  const asked = [one, other, again, one].map(async (ids) => names.of(ids));
  for (const [index, ids] of [one, other, again, one].entries()) {
    expect(await asked[index]).toEqual(ids.map((id) => `M${id}`));
  }
  expect(await names.of([1e6, 3])).toEqual(['market number 1000000', 'M3']);
});
