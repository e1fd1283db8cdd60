// Records as files. In go what to export and where to; the records come from `reading/`, a page at a time. Out come two files, as
// Parquet, CSV or JSON Lines: the records, and when each market was covered; and beside text what a reader has to know of it.
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import type { SessionId, StoreRecord } from '../records.ts';
import { SessionStoreError } from '../errors.ts';
import { numberOf, textOf, timeOf } from '../database/rows.ts';
import type { Query } from '../database/engines/engine.ts';
import { lieIn, sessionDays } from '../partitions/session-days.ts';
import { marketCoverage } from '../reading/book/market-coverage.ts';
import { refuseDamage } from '../reading/damage.ts';
import type { MarketNames } from '../reading/market-names.ts';
import { sessionTimes, uuids } from '../reading/market-sessions.ts';
import type { Read } from '../reading/read.ts';
import type { Reader } from '../reading/reader.ts';
import { inOrderOfArrival } from '../reading/order-of-arrival.ts';
import { sessionStreams, type Kind, type StreamSource } from '../reading/session-streams.ts';
import { moment } from '../database/moment.ts';
import { spanOf, type Span } from '../reading/stretch.ts';
import { checkExportOptions, type ExportOptions, type ExportResult } from './export-options.ts';
import { CoverageRows, dataPackage, parquetMetadata } from './describe-table.ts';
import { encodingOf } from './export-formats.ts';
import { partOf, TableFile } from './table-file.ts';
import { exportedFacts } from './fact-tables.ts';
import { coverageColumns, tables, type Cell, type Column, type ExportedKind, type Table } from './tables.ts';

const facts = new Set<Kind>(['facts', 'loose facts']);

const kinds: Readonly<Record<ExportedKind, ReadonlySet<Kind>>> = {
  deltas: new Set<Kind>(['deltas']),
  snapshots: new Set<Kind>(['snapshots']),
  trades: new Set<Kind>(['trades', 'loose trades']),
  gaps: new Set<Kind>(['gaps', 'loose gaps', 'expired']),
  markets: facts,
  lifecycle: facts,
  settlements: facts,
  tickers: facts,
  exchange: facts,
};

/**
 * Writes one kind of records to a file, session by session in the order of a replay; and next to it when each market
 * was covered by these sessions and when it was not. Memory holds a row group at a time.
 */
export async function exportRecords(reader: Reader, given: ExportOptions): Promise<ExportResult> {
  checkExportOptions(given);
  const options = withMoments(given);
  const { format, what, folder } = options;
  const { read, names } = reader;
  await reader.mustExist(options.sessions ?? []);
  await mkdir(folder, { recursive: true });
  const sessions = await sessionsFor(read, options);
  const at = (name: string) => join(folder, `${name}.${format}`);
  const tableOf = (name: string, columns: readonly Column[]) => ({ name, path: at(name), columns });
  const [records, covered] = [tableOf(what, tables[what].columns), tableOf('coverage', coverageColumns)] as const;
  const packageFile = encodingOf(format) === 'parquet' ? null : `${at(what)}.datapackage.json`;
  const coverageRows = new CoverageRows();
  const data = await TableFile.create(records.path, format, records.columns);
  let coverageFile: TableFile | null = null;
  try {
    await writeRecords(read, names, data, sessions, options);
    coverageFile = await TableFile.create(covered.path, format, covered.columns);
    await writeCoverage(read, coverageFile, coverageRows, sessions, options);
    // Nothing can be abandoned any more, so that there are all or none.
    await coverageFile.finish(parquetMetadata(covered, null, options));
    if (packageFile !== null) await writeWhole(packageFile, dataPackage([records, covered], format, options));
    const told = { path: covered.path, rows: coverageFile.rows, first: coverageRows.first };
    await data.finish(parquetMetadata(records, told, options));
  } catch (error) {
    await coverageFile?.discard();
    await data.discard();
    if (packageFile !== null) await rm(partOf(packageFile), { force: true });
    throw error;
  }
  return { file: data.path, rows: data.rows, coverageFile: coverageFile.path, packageFile, sessions };
}

/** What is asked for from or to the end of all times is asked for without a bound: there is no such moment to be written down. */
const withMoments = ({ fromMs = Number.NaN, toMs = Number.NaN, ...options }: ExportOptions): ExportOptions => ({
  ...options,
  ...(Number.isFinite(fromMs) && { fromMs }),
  ...(Number.isFinite(toMs) && { toMs }),
});

async function writeWhole(path: string, text: string): Promise<void> {
  await writeFile(partOf(path), text, { flush: true });
  await rename(partOf(path), path);
}

async function sessionsFor(read: Read, { sessions, fromMs }: ExportOptions): Promise<readonly SessionId[]> {
  const chosen = sessions === undefined ? sql`true` : sql`id = any(${uuids(sessions)})`;
  const recent = fromMs === undefined ? sql`true` : sql`coalesce(ended_at, 'infinity') >= ${moment(fromMs)}`;
  const rows = await read(
    sql`select id from sessions where ${chosen} and (${recent} or last_record_at >= ${moment(fromMs ?? 0)}) order by ordinal`,
    'Looking for sessions to export',
  );
  return rows.map((row) => textOf(row, 'id'));
}

async function writeRecords(
  read: Read,
  names: MarketNames,
  file: TableFile,
  sessions: readonly SessionId[],
  { what, markets, onProgress, onDamage, signal, ...time }: ExportOptions,
): Promise<void> {
  const table = tables[what] as Table<StoreRecord>;
  const wanted = markets === undefined ? null : await names.numbersOf(markets);
  for (const [index, session] of sessions.entries()) {
    const of = { read, names, session, markets: wanted, span: spanOf(time) };
    for await (const page of recordPages(of, what, onDamage)) {
      signal?.throwIfAborted();
      await file.add(page.flatMap((record) => table.rows(record, session)));
      onProgress?.({ sessions: index, ofSessions: sessions.length, rows: file.rows });
    }
  }
  signal?.throwIfAborted();
  onProgress?.({ sessions: sessions.length, ofSessions: sessions.length, rows: file.rows });
}

/** A session's records of one kind in the order of a replay. What cannot be read is left out and told, or ends it. */
export async function* recordPages(
  of: Omit<StreamSource, 'onDamage' | 'facts'>,
  what: ExportedKind,
  onDamage: ExportOptions['onDamage'],
): AsyncGenerator<readonly StoreRecord[]> {
  const { session } = of;
  const damaged = (problem: string) => (onDamage ? onDamage({ session, problem }) : refuseDamage(problem));
  const pages = async function* () {
    const reading = { ...of, onDamage: damaged, facts: exportedFacts(what) };
    yield* inOrderOfArrival(await sessionStreams(reading, kinds[what]));
  };
  const iterator = pages();
  try {
    for (;;) {
      // What the consumer of a page throws is not the session's.
      const { done, value } = await iterator.next().catch((error: unknown) => {
        // Nor are the database's own failures.
        const isOfSession = SessionStoreError.isInstance(error) && error.code === 'QUERY_FAILED';
        if (!onDamage || !isOfSession) throw error;
        damaged(error.message);
        return { done: true, value: undefined } as const;
      });
      if (done === true) return;
      yield value;
    }
  } finally {
    await iterator.return();
  }
}

/** Markets whose coverage is asked for in one statement. */
const marketsAtOnce = 200;

async function writeCoverage(
  read: Read,
  file: TableFile,
  kept: CoverageRows,
  sessions: readonly SessionId[],
  { markets, fromMs, toMs, signal }: ExportOptions,
): Promise<void> {
  const ask = async (query: Query) => read(query, 'Looking for sessions to export');
  const days = { fromMs: Infinity, untilMs: -Infinity };
  for (const session of sessions) {
    const { fromMs: first, untilMs: last } = await sessionDays(ask, session);
    days.fromMs = Math.min(days.fromMs, first);
    days.untilMs = Math.max(days.untilMs, last);
  }
  const rows = await read(
    sql`
      select market.id, market.ticker, min(recorded.received_at) as first_at
      from snapshot_records as recorded join markets as market on market.id = recorded.market_id
      where recorded.session_id = any(${uuids(sessions)}) and ${lieIn(days)}
      group by market.id, market.ticker order by market.ticker`,
    'Looking for markets to export',
  );
  const times = await sessionTimes(read, sessions);
  const untilMs = toMs ?? Math.max(...times.map((session) => session.toMs));
  const wanted = rows.filter((row) => markets === undefined || markets.includes(textOf(row, 'ticker')));
  for (let at = 0; at < wanted.length; at += marketsAtOnce) {
    signal?.throwIfAborted();
    const some = wanted.slice(at, at + marketsAtOnce);
    const spans = some.map((row): [number, Span] => {
      const firstMs = Math.min(timeOf(row, 'first_at'), ...times.map((session) => session.fromMs));
      return [numberOf(row, 'id'), { fromMs: fromMs ?? firstMs, toMs: untilMs }];
    });
    const covered = await marketCoverage(read, new Map(spans), { sessions: times, days, keyframes: true });
    for (const row of some) {
      const cells = covered
        .get(numberOf(row, 'id'))!
        .map(({ fromMs, toMs, covered, cause, session }): readonly Cell[] => {
          return [textOf(row, 'ticker'), fromMs, toMs, covered, cause, session];
        });
      kept.add(cells);
      await file.add(cells);
    }
  }
}
