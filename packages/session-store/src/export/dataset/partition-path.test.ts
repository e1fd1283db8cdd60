import fc from '@trader/testkit/fast-check';
import { expect, test } from 'vitest';
import { partitionPath, seriesOf } from './partition-path.ts';

const folderOf = (series: string) => {
  const parts = partitionPath('deltas', '2026-11-30', series, 'part-0.parquet').split('/');
  expect(parts).toHaveLength(4);
  expect([parts[0], parts[1], parts[3]]).toEqual(['deltas', 'day=2026-11-30', 'part-0.parquet']);
  return parts[2]!.replace(/^series=/, '');
};

test('a series is the name up to the first separator, or all of it', () => {
  expect(['KXGOLD15M-26AUG10-15', 'RAIN', '-x', 'a--b'].map((market) => seriesOf(market, '-'))).toEqual([
    'KXGOLD15M',
    'RAIN',
    '',
    'a',
  ]);
  expect(seriesOf('a::b-c', '::')).toBe('a');
});

test('any series is one folder that every file system takes, and another one for another series', () => {
  const name = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 500 }),
    fc.constantFrom('', '.', '..', 'a/b', '\0', 'CON', '%2F', '\ud800', '🎲'.repeat(90), '🎲'.repeat(91)),
  );
  fc.assert(
    fc.property(name, name, (one, other) => {
      const folder = folderOf(one);
      expect(folder).toMatch(/^[A-Za-z0-9_.%~-]{1,209}$/);
      expect(['.', '..']).not.toContain(folder);
      expect(folder === folderOf(other)).toBe(one.toWellFormed() === other.toWellFormed());
    }),
  );
});

test('what a reader decodes is the series', () => {
  const short = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 15 });
  fc.assert(
    fc.property(short, (series) => {
      const folder = folderOf(series);
      expect(folder.includes('~') || decodeURIComponent(folder) === series).toBe(true);
    }),
  );
});

test('what lies by day alone has no folder for a series', () => {
  expect(partitionPath('gaps', '2026-11-30', null, 'part-0.parquet')).toBe('gaps/day=2026-11-30/part-0.parquet');
});
