// A database file that is not what was written: what can be read of it, row by row, goes into a new one that takes its place.
import { closeSync, existsSync, fsyncSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { SpoolFile } from './spool-file.ts';
import { isWhole, type SpoolRow } from './spool-row.ts';

/** Of the damaged files, for people to look at. */
const maxKept = 16;

const unfinished = (path: string) => `${path}.salvaged`;

/** Puts an end to a salvage that was interrupted: the new file counts once the old one has gone. */
export function finishSalvage(path: string): void {
  if (!existsSync(path) && existsSync(unfinished(path))) renameSync(unfinished(path), path);
  else rmSync(unfinished(path), { force: true });
}

export function salvage(path: string): void {
  rmSync(unfinished(path), { force: true });
  const target = new SpoolFile(unfinished(path), 'off');
  try {
    target.transact(() => {
      for (const order of ['asc', 'desc'] as const) for (const row of rowsLeft(path, order)) target.put(row);
    });
  } finally {
    target.close();
  }
  sync(unfinished(path));
  keep(path);
  renameSync(unfinished(path), path);
  if (process.platform !== 'win32') sync(dirname(path));
}

/** From one end up to where it breaks. */
function* rowsLeft(path: string, order: 'asc' | 'desc'): Generator<SpoolRow> {
  let source: SpoolFile | null = null;
  try {
    source = new SpoolFile(path);
    let last: number | null = null;
    for (const row of source.rows(0, Number.MAX_SAFE_INTEGER, order)) {
      const isInOrder = last === null || (order === 'asc' ? row.key > last : row.key < last);
      // A tree that leads back into itself has no end.
      if (!isInOrder) return;
      last = row.key;
      if (isWhole(row)) yield row;
    }
  } catch {
    // Up to here.
  } finally {
    source?.close();
  }
}

/** The damaged file and its log, under another name. */
function keep(path: string): void {
  let at = Date.now();
  while (existsSync(`${path}.${at}.damaged`)) at++;
  const kept = `${path}.${at}.damaged`;
  if (existsSync(`${path}-wal`)) renameSync(`${path}-wal`, `${kept}-wal`);
  if (existsSync(path)) renameSync(path, kept);
  const folder = dirname(path);
  const names = readdirSync(folder).filter((name) => name.startsWith(basename(path)) && name.endsWith('.damaged'));
  for (const name of names.toSorted().slice(0, -maxKept)) {
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
