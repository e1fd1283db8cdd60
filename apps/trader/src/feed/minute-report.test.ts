import { expect, test } from 'vitest';
import { createLog } from '../log/log.ts';
import { MinuteReport } from './minute-report.ts';

const counted = (deltas: number) => ({ messages: deltas + 1, snapshots: 1, deltas, trades: 0, gaps: 0 });

test('each minute is told by what it added, a new session from its beginning, nothing recorded is a warning, and what cannot be read is told', () => {
  const lines: { readonly level: string; readonly msg: string }[] = [];
  const log = createLog('info', { destination: { write: (line) => void lines.push(JSON.parse(line) as never) } });
  const report = new MinuteReport(log);
  const books = { synced: 2, wanted: 3 };
  const session = (id: string, deltas: number) => ({
    session: { id, counters: counted(deltas) },
    isStandby: false,
    books,
  });
  report.report(() => session('a', 10));
  report.report(() => session('a', 25));
  report.report(() => ({ session: null, isStandby: false, books }));
  report.report(() => session('b', 4));
  report.report(() => ({ session: null, isStandby: true, books }));
  report.report(() => {
    throw new Error('gone');
  });
  expect(lines.map(({ level, msg }) => `${level} ${msg}`)).toEqual([
    'info recorded within a minute: 11 messages, 1 snapshots, 10 deltas, 0 trades, 0 gaps; 2 of 3 books are synced',
    'info recorded within a minute: 15 messages, 0 snapshots, 15 deltas, 0 trades, 0 gaps; 2 of 3 books are synced',
    'warn nothing is being recorded; 2 of 3 books are synced',
    'info recorded within a minute: 5 messages, 1 snapshots, 4 deltas, 0 trades, 0 gaps; 2 of 3 books are synced',
    'info standing by; 2 of 3 books are synced',
    'error what was recorded could not be told: gone',
  ]);
});
