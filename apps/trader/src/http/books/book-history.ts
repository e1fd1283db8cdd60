// A market's book through time, out of the recordings: where coverage says that it is known, the book before is taken, and
// what came after is folded into columns. Work and memory end with the page: a page that is too much ends early.
import { setImmediate as nextRound } from 'node:timers/promises';
import type { CoverageInterval, SessionReader } from '@trader/session-store';
import { BookColumns, type BookColumn } from './book-columns.ts';
import { TradeMarks, type TradeMark } from './trade-marks.ts';

const MAX_COLUMNS = 600;
/** After so many the page ends with the column that has ended last. */
const MAX_RECORDS = 200_000;
/** Prices and sizes of a page, but for its last column. */
const MAX_NUMBERS = 100_000;
const MAX_HOLES = 1_000;
/** Stretches between holes; each costs a few questions. */
const MAX_INTERVALS = 100;
/** Between so many the event loop gets its turn. */
const RECORDS_IN_A_ROUND = 500;

/** Time in which the book is not known. */
type BookHole = { readonly fromMs: number; readonly toMs: number; readonly cause: string };

export type BookHistoryPage = {
  readonly fromMs: number;
  readonly stepMs: number;
  readonly columns: readonly (BookColumn | null)[];
  readonly holes: readonly BookHole[];
  readonly trades: readonly TradeMark[];
  /** Where the next page begins; `null`: this one reaches to the end. */
  readonly nextFromMs: number | null;
};

type Asked = { readonly market: string; readonly fromMs: number; readonly toMs: number; readonly stepMs: number };
type Store = Pick<SessionReader, 'sessions' | 'coverage' | 'bookAt' | 'replay'>;

/** @throws {SessionStoreError} */
export async function bookHistory(store: Store, asked: Asked): Promise<BookHistoryPage> {
  const { market, stepMs } = asked;
  const fromMs = Math.floor(asked.fromMs / stepMs) * stepMs;
  const wantedMs = Math.floor(asked.toMs / stepMs) * stepMs;
  const toMs = Math.min(wantedMs, fromMs + MAX_COLUMNS * stepMs);
  const columns = new BookColumns(fromMs, stepMs);
  const trades = new TradeMarks(fromMs, stepMs);
  const holes: BookHole[] = [];
  let isFull = false;
  let folded = 0;
  for (const interval of await committed(store, await store.coverage(market, fromMs, toMs))) {
    if (isFull) break;
    columns.passTo(interval.fromMs);
    columns.lose();
    if (interval.session === null || !interval.covered) {
      const { fromMs, toMs, cause } = interval;
      if (holes.length < MAX_HOLES) holes.push({ fromMs, toMs, cause: cause ?? 'not recorded' });
    } else {
      isFull =
        !(await foldInterval(store, market, { ...interval, session: interval.session }, columns, trades)) ||
        (++folded >= MAX_INTERVALS && columns.columns.length > 0);
    }
    if (!isFull) columns.passTo(interval.toMs);
  }
  const endMs = columns.columnFromMs;
  return {
    fromMs,
    stepMs,
    columns: columns.columns,
    holes: holes.filter((hole) => hole.fromMs < endMs),
    trades: trades.before(endMs),
    nextFromMs: endMs < wantedMs ? endMs : null,
  };
}

/** @returns whether it came to its end */
async function foldInterval(
  store: Store,
  market: string,
  { session, fromMs, toMs }: { readonly session: string; readonly fromMs: number; readonly toMs: number },
  columns: BookColumns,
  trades: TradeMarks,
): Promise<boolean> {
  const before = await store.bookAt(market, fromMs - 1);
  if (before.synced) columns.begin(before.yes, before.no);
  let records = 0;
  for await (const record of store.replay(session, { markets: [market], fromMs, toMs })) {
    if (record.kind === 'delta' || record.kind === 'snapshot' || record.kind === 'trade') {
      columns.passTo(record.receivedAtMs);
      if (record.kind === 'delta') columns.change(record.side, record.price, record.delta);
      else if (record.kind === 'snapshot') columns.begin(record.yes, record.no);
      else trades.add(record);
    }
    records++;
    if (records % RECORDS_IN_A_ROUND === 0) await nextRound();
    if ((records >= MAX_RECORDS || columns.numbers >= MAX_NUMBERS) && columns.columns.length > 0) return false;
  }
  return true;
}

/** Of an active session the database has what came before its latest record, and knows nothing of later. */
async function committed(store: Store, intervals: readonly CoverageInterval[]): Promise<readonly CoverageInterval[]> {
  const ends = new Map<string, number>();
  for (const { covered, session } of intervals) {
    if (!covered || session === null || ends.has(session)) continue;
    const [row] = await store.sessions({ id: session });
    ends.set(session, row?.status === 'active' ? (row.lastRecordAtMs ?? 0) : Infinity);
  }
  return intervals.flatMap((interval) => {
    const { fromMs, toMs, covered, session } = interval;
    const endMs = covered && session !== null ? ends.get(session)! : Infinity;
    if (toMs <= endMs) return [interval];
    const missing = { ...interval, fromMs: Math.max(fromMs, endMs), covered: false, cause: 'not in the database yet' };
    return endMs <= fromMs ? [missing] : [{ ...interval, toMs: endMs }, missing];
  });
}
