import { expect, test } from 'vitest';
import type { Span } from '../live/answers.ts';
import { barsOf } from './lanes.ts';

const span = (changed: Partial<Span>): Span => ({
  lane: 'gap',
  name: 'sequence',
  fromMs: 0,
  toMs: 1,
  why: null,
  session: null,
  count: 1,
  ...changed,
});

test('a span stands where its time is, cut at the window', () => {
  const [bar] = barsOf([span({ lane: 'state', name: 'ready', fromMs: -500, toMs: null })], 0, 1_000, 200);
  expect(bar).toMatchObject({ lane: 'State', x: 0, width: 200, fromMs: -500, toMs: null });
});

test('marks nearer than three pixels are one, with their count, and the longest names it', () => {
  const bars = barsOf(
    [
      span({ fromMs: 10, toMs: 11 }),
      span({ fromMs: 20, toMs: 25, name: 'disconnected' }),
      span({ fromMs: 600, toMs: 601 }),
    ],
    0,
    1_000,
    200,
  );
  expect(bars).toHaveLength(2);
  expect(bars[0]).toMatchObject({ count: 2, name: 'disconnected' });
  expect(bars[1]).toMatchObject({ count: 1, x: 120 });
});

test('lanes are not merged with each other, and what is outside is not there', () => {
  const bars = barsOf(
    [span({ fromMs: 10 }), span({ lane: 'store', fromMs: 10, toMs: 12 }), span({ fromMs: 5_000, toMs: 5_001 })],
    0,
    1_000,
    200,
  );
  expect(bars.map(({ lane }) => lane)).toEqual(['Gaps', 'Faults']);
});
