import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseTime } from './parse-time.ts';

describe('parseTime', () => {
  const zone = process.env['TZ'];
  beforeEach(() => void (process.env['TZ'] = 'America/New_York'));
  afterEach(() => {
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  });

  test.each([
    ['2026-08-10', Date.UTC(2026, 7, 10)],
    ['2026-08-10T21:30', Date.UTC(2026, 7, 10, 21, 30)],
    ['2026-08-10 21:30:05.250', Date.UTC(2026, 7, 10, 21, 30, 5, 250)],
    ['2026-08-10T21:30Z', Date.UTC(2026, 7, 10, 21, 30)],
    ['2026-08-10T21:30-04:00', Date.UTC(2026, 7, 11, 1, 30)],
    [' 1786405577252 ', 1_786_405_577_252],
  ])('%j is a time, in UTC unless it says otherwise', (text, atMs) => expect(parseTime(text)).toBe(atMs));

  test.each(['', 'yesterday', '2026', '10', '2026-13-01', '2026-02-30', '2026-08-10T25:00', '10/08/2026', '1e12'])(
    '%j is none',
    (text) => expect(parseTime(text)).toBeNull(),
  );
});
