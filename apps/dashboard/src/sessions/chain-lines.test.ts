import { expect, test } from 'vitest';
import type { Session } from '../live/answers.ts';
import { chainLines, lanesOf, MOST_LANES } from './chain-lines.ts';
import { isFailure } from './session-rows.ts';

const of = (id: string, continues: string | null = null, status: Session['status'] = 'closed') => ({
  id,
  continues,
  status,
});

/** Each row as text: by lane what is above, `o` for its own dot, what is below. */
const drawn = (sessions: readonly ReturnType<typeof of>[]): readonly string[] =>
  chainLines(sessions, isFailure).map(({ lane, above, below }) => {
    const used = Math.max(
      lane,
      above.findLastIndex((link) => link !== 'none'),
      below.findLastIndex((link) => link !== 'none'),
    );
    const sign = { none: ' ', whole: '|', dotted: ':' };
    return Array.from(
      { length: used + 1 },
      (_, at) => `${sign[above[at]!]}${at === lane ? 'o' : '-'}${sign[below[at]!]}`,
    ).join(' ');
  });

test('a line leads from each session to the one that it continues, dotted where that one failed', () =>
  expect(drawn([of('d', 'c'), of('c', 'b', 'health_failure'), of('b', 'a'), of('a'), of('alone')])).toEqual([
    ' o:',
    ':o|',
    '|o|',
    '|o ',
    ' o ',
  ]));

test('lines of two recorders run beside each other', () => {
  const rows = [of('y2', 'y1'), of('x2', 'x1', 'error'), of('y1'), of('x1', null, 'reclaimed'), of('z')];
  expect(drawn(rows)).toEqual([' o|', '|-|  o:', '|o  :-:', ' -  :o ', ' o ']);
  expect(lanesOf(chainLines(rows, isFailure))).toBe(2);
});

test('what is not listed has no line to it, nor has what is listed above', () =>
  expect(drawn([of('b', 'gone'), of('a', 'b')])).toEqual([' o ', ' o ']));

test('one that two sessions continue has the line of the first', () =>
  expect(drawn([of('c', 'a'), of('b', 'a'), of('a')])).toEqual([' o|', '|-|  o ', '|o ']));

test('lines that find no lane are not drawn, and every dot has a place', () => {
  const ids = ['1', '2', '3', '4', '5'];
  const rows = chainLines(
    [...ids.map((id) => of(`new ${id}`, `old ${id}`)), ...ids.map((id) => of(`old ${id}`))],
    isFailure,
  );
  expect(rows.map(({ lane }) => lane)).toEqual([0, 1, 2, 2, 2, 0, 1, 2, 0, 0]);
  for (const { above, below } of rows) expect([above.length, below.length]).toEqual([MOST_LANES, MOST_LANES]);
  expect(lanesOf([])).toBe(1);
});
