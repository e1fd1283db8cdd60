import { expect, test } from 'vitest';
import { barWords, explain } from './bar-text.ts';
import type { Bar } from './lanes.ts';

const bar = (changed: Partial<Bar>): Bar => ({
  lane: 'State',
  x: 0,
  width: 100,
  count: 1,
  name: 'ready',
  why: null,
  fromMs: 0,
  toMs: null,
  session: null,
  of: 'state',
  ...changed,
});

test('what goes on lasts until now', () => {
  expect(barWords(bar({}), 3_600_000)).toEqual(['ready, 1 h 00 min', 'ready']);
});

test('each lane has its words, the longest first', () => {
  const session = bar({ lane: 'Session', session: '5fc7bbea-1', name: 'active' });
  expect(barWords(session, 1)).toEqual(['5fc7bbea  recording', '5fc7bbea']);
  expect(barWords(bar({ lane: 'Gaps', name: 'disconnected', toMs: 18_700 }), 1)).toEqual(['18 s']);
  expect(barWords(bar({ lane: 'Faults', of: 'store', name: 'unhealthy', toMs: 2_460_000 }), 1)).toEqual([
    'store unhealthy, 41 min 00 s',
    'store',
  ]);
});

test('a sentence has all of it', () => {
  expect(explain(bar({ lane: 'Gaps', name: 'sequence', why: 'of market M', toMs: 500, count: 3 }), 'utc')).toBe(
    'gap: sequence, from Jan 01 00:00, 0.5 s: of market M (3 together)',
  );
});
