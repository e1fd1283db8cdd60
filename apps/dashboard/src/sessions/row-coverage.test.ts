import { describe, expect, test } from 'vitest';
import type { Session } from '../live/answers.ts';
import { coverageToAsk, withAnswer, type KnownCoverage, type RowCoverage } from './row-coverage.ts';

const row = (id: string, status: Session['status'] = 'closed') => ({ id, status });
const coverage = (session: string): RowCoverage => ({
  session,
  fromMs: 0,
  toMs: 1,
  atMs: 1,
  marketMs: 1,
  coveredMs: 1,
  holes: 0,
  marks: [],
});
const NOTHING: ReadonlyMap<string, KnownCoverage> = new Map();
const statusOf = () => 'closed' as const;

describe('rows that are on the screen', () => {
  test('are asked for together, 40 at most, in the order of the list', () => {
    const rows = Array.from({ length: 50 }, (_, index) => row(String(index)));
    expect(coverageToAsk(rows, NOTHING, 0)).toEqual(rows.slice(0, 40).map(({ id }) => id));
  });

  test('are asked for once; what was left of an answer is asked for next', () => {
    const rows = [row('a'), row('b'), row('gone')];
    const known = withAnswer(NOTHING, { sessions: [coverage('a')], unknown: ['gone'] }, statusOf, 0);
    expect(coverageToAsk(rows, known, 0)).toEqual(['b']);
    expect(known.get('gone')!.coverage).toBeNull();
  });

  test('are asked for again after half a minute while they are recorded, and after ten when they have ended', () => {
    const rows = [row('a', 'active'), row('b')];
    const known = withAnswer(
      NOTHING,
      { sessions: [coverage('a'), coverage('b')], unknown: [] },
      (id) => rows.find((each) => each.id === id)?.status,
      0,
    );
    expect(coverageToAsk(rows, known, 29_999)).toEqual([]);
    expect(coverageToAsk(rows, known, 30_000)).toEqual(['a']);
    expect(coverageToAsk(rows, known, 600_000)).toEqual(['a', 'b']);
  });

  test('are asked for at once when their status has changed', () => {
    const known = withAnswer(NOTHING, { sessions: [coverage('a')], unknown: [] }, () => 'active', 0);
    expect(coverageToAsk([row('a', 'error')], known, 1)).toEqual(['a']);
  });

  test('that are listed no more are not kept', () =>
    expect(withAnswer(NOTHING, { sessions: [coverage('a')], unknown: [] }, () => undefined, 0).size).toBe(0));
});
