// A database file that is not what was written: what can be read of it, row by row, goes into a new one that takes its place.
import { closeSync, existsSync, fsyncSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Progresses, SessionProgress } from './spool-mark.ts';
import { aboutRow, keysPerSession, tables, type SpoolRow, type Table } from './spool-row.ts';
import { SpoolTables } from './spool-tables.ts';

/** Of the files that it kept, for people to look at. */
const maxKept = 16;

/** Puts an end to a salvage that was interrupted: the new file counts once the old one has gone. */
export function finishSalvage(path: string): void {
  if (!existsSync(path) && existsSync(unfinished(path))) renameSync(unfinished(path), path);
  else rmSync(unfinished(path), { force: true });
}

/** @param known the sessions, as far as they are known from elsewhere */
export function salvage(path: string, known: Progresses, nowMs: number): void {
  rmSync(unfinished(path), { force: true });
  const target = new SpoolTables(unfinished(path), 'off');
  try {
    target.transact(() => takeOver(path, target, known));
  } finally {
    target.close();
  }
  sync(unfinished(path));
  keep(path, nowMs);
  renameSync(unfinished(path), path);
  if (process.platform !== 'win32') sync(dirname(path));
}

const unfinished = (path: string) => `${path}.salvaged`;

function takeOver(path: string, target: SpoolTables, known: Progresses): void {
  let source: SpoolTables;
  try {
    source = new SpoolTables(path);
  } catch {
    return; // Nothing can be read.
  }
  const sessions = new Map(known);
  for (const table of tables) {
    for (const row of rowsLeft(source, table, sessions)) {
      if (!aboutRow(table, row)) continue;
      target.put(table, row);
      if (table === 'sessions') sessions.set(row.key, progressOf(row, known.get(row.key)));
    }
  }
  source.close();
}

function progressOf(row: SpoolRow, known: SessionProgress | undefined): SessionProgress {
  const [session, lastBatch, acknowledged] = aboutRow('sessions', row)!;
  return { session, lastBatch: Math.max(lastBatch, known?.lastBatch ?? 0), acknowledged };
}

/** From both ends up to where it breaks, and then one by one. Rows may come twice. */
function* rowsLeft(source: SpoolTables, table: Table, sessions: Progresses): Generator<SpoolRow> {
  for (const order of ['asc', 'desc'] as const) {
    let last: number | null = null;
    try {
      for (const row of source.rows(table, 0, Number.MAX_SAFE_INTEGER, order)) {
        // A tree that leads back into itself has no end.
        if (last !== null && (order === 'asc' ? row.key <= last : row.key >= last)) break;
        last = row.key;
        yield row;
      }
    } catch {
      // Up to here.
    }
  }
  for (const key of keysOf(table, sessions)) {
    try {
      const row = source.row(table, key);
      if (row) yield row;
    } catch {
      // Not this one.
    }
  }
}

/** Notes are few, and batches rise by one. */
const likelyNotes = 16;

function* keysOf(table: Table, sessions: Progresses): Generator<number> {
  const spans: Record<Table, (progress: SessionProgress) => readonly [from: number, to: number]> = {
    sessions: () => [0, 0],
    batches: ({ acknowledged, lastBatch }) => [acknowledged + 1, lastBatch],
    notes: () => [1, likelyNotes],
  };
  for (const [number, progress] of sessions) {
    const [from, to] = spans[table](progress);
    if (table === 'sessions') yield number;
    else for (let at = from; at <= to; at++) yield number * keysPerSession + at;
  }
}

/** The damaged file and its log, under another name. */
function keep(path: string, nowMs: number): void {
  const folder = dirname(path);
  const keptIn = () => readdirSync(folder).filter((name) => name.endsWith('.damaged'));
  let at = nowMs;
  while (existsSync(`${path}.${at}.damaged`)) at++;
  const kept = `${path}.${at}.damaged`;
  if (existsSync(`${path}-wal`)) renameSync(`${path}-wal`, `${kept}-wal`);
  if (existsSync(path)) renameSync(path, kept);
  const old = keptIn().filter((name) => name.startsWith(basename(path)));
  for (const name of old.toSorted().slice(0, -maxKept)) {
    for (const suffix of ['', '-wal']) rmSync(join(folder, `${name}${suffix}`), { force: true });
  }
}

function sync(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
