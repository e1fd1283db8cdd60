// A process that may open so many more files, for each number that it is given, and what a store says to that.
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { createSessionStore, SessionStoreError } from '../src/index.ts';
import { openSqliteSpool } from '../src/spool/log/sqlite-spool.ts';

const [folder = '', what = '', ...lefts] = process.argv.slice(2);

// Whatever is loaded when it is first needed.
await import('node:sqlite');
await import('@electric-sql/pglite');

/** All that there are but `left`. */
function take(left: number): readonly number[] {
  const taken: number[] = [];
  try {
    for (;;) taken.push(openSync(process.execPath, 'r'));
  } catch {
    for (const file of taken.splice(0, left)) closeSync(file);
    return taken;
  }
}

for (const left of lefts) {
  const path = join(folder, `${what}-${left}`);
  const taken = take(Number(left));
  let said: object = { code: null };
  try {
    if (what === 'spool') await (await openSqliteSpool({ folder: path })).close();
    else await (await createSessionStore({ dataDir: path, spool: false })).close();
  } catch (error) {
    if (!SessionStoreError.isInstance(error)) throw error;
    said = { code: error.code, message: error.message };
  } finally {
    for (const file of taken) closeSync(file);
  }
  process.stdout.write(`${JSON.stringify({ left: Number(left), ...said })}\n`);
}
