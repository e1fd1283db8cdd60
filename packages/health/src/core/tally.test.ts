import { expect, test } from 'vitest';
import { startTally, tallyAt, tallyChange } from './tally.ts';

const start = startTally(['unknown', 'healthy', 'unhealthy'], 0);

test('counts the time in each status up to the moment asked for', () => {
  const tally = tallyChange(tallyChange(start, 'healthy', 100, true), 'unhealthy', 400, false);
  expect(tallyAt(tally, 1_000, 10_000)).toEqual({
    transitions: 2,
    timeInMs: { unknown: 100, healthy: 300, unhealthy: 600 },
    availability: { ratio: 0.3, overMs: 1_000 },
  });
});

test('looks back over the window only, exactly', () => {
  const tally = tallyChange(tallyChange(start, 'healthy', 100, true), 'unhealthy', 400, false);
  expect(tallyAt(tally, 600, 300).availability).toEqual({ ratio: 1 / 3, overMs: 300 });
  expect(tallyAt(tally, 5_000, 300).availability).toEqual({ ratio: 0, overMs: 300 });
});

test('says what holds now when no time has passed', () => {
  expect(tallyAt(start, 0, 1_000).availability).toEqual({ ratio: 0, overMs: 0 });
});

test('keeps a bounded number of stretches, and says which time they cover', () => {
  let tally = start;
  for (let atMs = 1; atMs <= 10_000; atMs += 1) tally = tallyChange(tally, 'healthy', atMs, atMs % 2 === 0);
  expect(tally.stretches).toHaveLength(64);
  expect(tallyAt(tally, 10_001, 1e6).availability).toEqual({ ratio: 0.5, overMs: 64 });
});
