import { describe, expect, test } from 'vitest';
import { progressLine } from './progress-line.ts';
import { Progress } from './progress.ts';

const half = { doing: 'exporting deltas', done: 1_500, of: 3_000, unit: 'rows' };

describe('the line', () => {
  test('has a bar, the share, the count, and what is left', () => {
    expect(progressLine(half, 3_000, 4)).toBe('exporting deltas  [##--]  50 %  1,500 rows  3 s, 3 s left');
  });

  test('guesses no time from less than two seconds, and none at the end', () => {
    expect(progressLine(half, 1_000, 4)).not.toContain('left');
    expect(progressLine({ ...half, done: 3_000 }, 60_000, 4)).toBe(
      'exporting deltas  [####]  100 %  3,000 rows  1 min 00 s',
    );
  });

  test('has neither bar nor share where nobody knows how much there is', () => {
    for (const of of [null, 0]) {
      expect(progressLine({ ...half, of }, 3_000)).toBe('exporting deltas  1,500 rows  3 s');
    }
  });

  test('never goes beyond the end', () => {
    expect(progressLine({ ...half, done: 9_000 }, 0, 4)).toContain('[####]  100 %');
  });
});

describe('when it is written', () => {
  function started(options: { isTTY: boolean; shown?: boolean; columns?: number }) {
    let nowMs = 0;
    const written: string[] = [];
    const stream = { ...options, write: (text: string) => written.push(text) > 0 };
    const progress = new Progress({ shown: options.shown ?? true, stream, nowMs: () => nowMs });
    const at = (ms: number): void => {
      nowMs = ms;
      progress.update(half);
    };
    return { progress, written, at };
  }

  test('a terminal has one line, drawn over ten times a second at most, and taken away at the end', () => {
    const { progress, written, at } = started({ isTTY: true });
    for (const ms of [0, 50, 99, 100, 150]) at(ms);
    expect(written).toHaveLength(2);
    for (const text of written) expect(text).toBe(`\r\u001B[K${text.slice(4, -1)}\r`);
    progress[Symbol.dispose]();
    expect(written.at(-1)).toBe('\r\u001B[K');
    progress[Symbol.dispose]();
    expect(written).toHaveLength(3);
  });

  test('a narrow terminal gets a line that does not wrap', () => {
    const { written, at } = started({ isTTY: true, columns: 20 });
    at(0);
    expect(written[0]!.replaceAll('\r', '')).toBe('\u001B[Kexporting deltas  [');
  });

  test('elsewhere there is a plain line every five seconds, and none for short work', () => {
    const { progress, written, at } = started({ isTTY: false });
    for (const ms of [0, 4_999, 5_000, 9_999, 10_000]) at(ms);
    progress[Symbol.dispose]();
    expect(written).toEqual([
      'exporting deltas  50 %  1,500 rows  5 s, 5 s left\n',
      'exporting deltas  50 %  1,500 rows  10 s, 10 s left\n',
    ]);
  });

  test('machines get nothing', () => {
    const { progress, written, at } = started({ isTTY: true, shown: false });
    at(0);
    progress[Symbol.dispose]();
    expect(written).toEqual([]);
  });
});
