import { expect, test } from 'vitest';
import { applyLevels, NO_LEVELS } from './levels.ts';
import type { LevelsMessage } from './messages.ts';

const message = (changed: Partial<LevelsMessage>): LevelsMessage => ({
  type: 'levels',
  market: 'M',
  atMs: 1,
  synced: true,
  staleReason: null,
  whole: false,
  yes: [],
  no: [],
  ...changed,
});

test('changes are applied to what was there, and size 0 takes a level away', () => {
  const first = applyLevels(NO_LEVELS, message({ whole: true, yes: [2_300, 4_110, 2_200, 10], no: [7_600, 593] }));
  const second = applyLevels(first, message({ atMs: 2, yes: [2_200, 0, 2_400, 100] }));
  expect([...second.yes]).toEqual([
    [2_300, 4_110],
    [2_400, 100],
  ]);
  expect([...second.no]).toEqual([[7_600, 593]]);
  expect(second.atMs).toBe(2);
});

test('a whole book replaces all that was there', () => {
  const first = applyLevels(NO_LEVELS, message({ whole: true, yes: [2_300, 4_110] }));
  const second = applyLevels(first, message({ whole: true, no: [100, 1], synced: false, staleReason: 'gap' }));
  expect(second).toMatchObject({ synced: false, staleReason: 'gap' });
  expect(second.yes.size).toBe(0);
  expect(NO_LEVELS.yes.size).toBe(0);
});
