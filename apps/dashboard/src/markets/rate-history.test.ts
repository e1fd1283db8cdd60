import { expect, test } from 'vitest';
import { BIN_MS, BINS, RateHistory } from './rate-history.ts';

const rate = (market: string, changesPerSecond: number) => ({ market, changesPerSecond });
const known = (history: RateHistory, market: string) => [...history.of(market)].filter((each) => each !== null);

test('keeps the last rate of each ten seconds, the newest last, and what was not counted is not known', () => {
  const history = new RateHistory();
  history.add([rate('A', 1.5)], 0);
  history.add([rate('A', 2.5)], BIN_MS - 1);
  history.add([rate('A', 7)], 3 * BIN_MS);
  const rates = history.of('A');
  expect(rates).toHaveLength(BINS);
  expect(rates.slice(-5)).toEqual([null, 2.5, null, null, 7]);
});

test('what is older than ten minutes is gone, also when nothing was counted meanwhile', () => {
  const history = new RateHistory();
  for (let bin = 0; bin < BINS + 5; bin++) history.add([rate('A', bin)], bin * BIN_MS);
  expect(history.of('A')).toEqual(Array.from({ length: BINS }, (_, index) => index + 5));
  history.add([rate('A', 1)], 10 * BINS * BIN_MS);
  expect(known(history, 'A')).toEqual([1]);
});

test('a market that is not listed any more is forgotten, and another has its room', () => {
  const history = new RateHistory();
  for (let market = 0; market < 100; market++) history.add([rate(`M${market}`, market)], 0);
  expect(known(history, 'M98')).toEqual([]);
  expect(known(history, 'M99')).toEqual([99]);
  expect(history.bytes).toBeLessThanOrEqual(64 * BINS * 2);
});

test('20,000 markets have their room, and keep what they had while it grows', () => {
  const history = new RateHistory();
  history.add([rate('A', 3)], 0);
  const many = Array.from({ length: 20_000 }, (_, index) => rate(`M${index}`, index % 50));
  history.add([rate('A', 4), ...many], BIN_MS);
  expect(known(history, 'A')).toEqual([3, 4]);
  expect(known(history, 'M19999')).toEqual([49]);
  expect(history.bytes).toBeLessThan(5_000_000);
});

test('a rate that is above what it can hold is the most that it can', () => {
  const history = new RateHistory();
  history.add([rate('A', 1e9)], 0);
  expect(known(history, 'A')).toEqual([6_553.4]);
});

test('of a market that nobody knows nothing is known', () => expect(known(new RateHistory(), 'A')).toEqual([]));
