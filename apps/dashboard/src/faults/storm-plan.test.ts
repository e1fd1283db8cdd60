import { expect, test } from 'vitest';
import { STORM_MS, stormPlan } from './storm-plan.ts';

const names = [
  { name: 'drop', group: 'frames', untilMs: 20_000 },
  { name: 'cut', group: 'frames', untilMs: 20_000 },
  { name: 'half-open', group: 'connections', untilMs: 60_000 },
  { name: 'refuse', group: 'handshakes', untilMs: 5_000 },
  { name: 'maintenance', group: 'exchange', untilMs: 20_000 },
  { name: 'no-open-markets', group: 'exchange', untilMs: 20_000 },
] as const;

const seeds = Array.from({ length: 200 }, (_, seed) => seed);

test('a fault comes every two to five seconds, for a minute', () => {
  for (const seed of seeds) {
    const times = stormPlan(names, seed).map(({ atMs }) => atMs);
    expect(times[0]).toBe(0);
    expect(times.at(-1)).toBeLessThan(STORM_MS);
    expect(times.at(-1)).toBeGreaterThanOrEqual(STORM_MS - 5_000);
    const between = times.slice(1).map((atMs, index) => atMs - times[index]!);
    expect(Math.min(...between)).toBeGreaterThanOrEqual(2_000);
    expect(Math.max(...between)).toBeLessThanOrEqual(5_000);
  }
});

test('each is short, is over when the storm is, and few are on at once', () => {
  for (const seed of seeds) {
    const steps = stormPlan(names, seed);
    for (const { atMs, untilMs } of steps) {
      expect(untilMs).toBeGreaterThan(0);
      expect(untilMs).toBeLessThanOrEqual(8_000);
      expect(atMs + untilMs).toBeLessThanOrEqual(STORM_MS);
      const on = steps.filter((other) => other.atMs <= atMs && other.atMs + other.untilMs > atMs);
      expect(on.length).toBeLessThanOrEqual(5);
    }
  }
});

test('the same seed gives the same storm, another one another', () => {
  expect(stormPlan(names, 7)).toEqual(stormPlan(names, 7));
  expect(stormPlan(names, 7)).not.toEqual(stormPlan(names, 8));
});

test('all kinds come in some storm, except what ends markets for good', () => {
  const came = new Set(seeds.flatMap((seed) => stormPlan(names, seed).map(({ name }) => name)));
  expect([...came].toSorted()).toEqual(['cut', 'drop', 'half-open', 'maintenance', 'refuse']);
});

test('without kinds there is no storm', () => {
  expect(stormPlan([], 1)).toEqual([]);
});
