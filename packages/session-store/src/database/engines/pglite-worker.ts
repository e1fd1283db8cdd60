// What runs in the thread of the embedded database. A folder comes in, then statements; out go "it is open", then the rows or the
// failure of each statement, under its number. A thread of its own, because PGlite works without a pause, and on a full disk it
// does so for ever: nothing but the end of its thread stops it.
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { makePrivate, privateFolder } from '../private-files.ts';
import { parseBigint } from '../rows.ts';
import type { CompiledPglite, PgliteAnswer, PgliteOpening, PgliteOrder } from './pglite-thread.ts';

const int8 = 20;

/**
 * A checkpoint frees the log before it, and only afterwards do we make the checkpoint itself safe. So that much more is kept:
 * several times what is written from one to the next.
 */
const keptLog = ['-c', 'wal_keep_size=128MB'];

/**
 * How many files it has open at once: the fewest that PostgreSQL takes. By default it would take 1,000 and believe that it may;
 * at the process's own limit, which it does not know, creating a table fails with "File exists".
 */
const fewFiles = ['-c', 'max_files_per_process=64'];

/**
 * Its cache of pages, unless the database's own settings say how large it is. They lie in the system's cache as well, and by default a
 * fourth of what opening takes goes into clearing 128 MB for it.
 */
function fewBuffers(path: string): readonly string[] {
  const settings = join(path, 'postgresql.auto.conf');
  const isSet = existsSync(settings) && /^shared_buffers\b/m.test(readFileSync(settings, 'utf8'));
  return isSet ? [] : ['-c', 'shared_buffers=32MB'];
}

declare const WebAssembly: { compile(bytes: Uint8Array): Promise<CompiledPglite> };

/** PGlite's code, compiled. Threads after the first one are given it, and open in half the time. */
async function compile(): Promise<CompiledPglite> {
  return WebAssembly.compile(await readFile(new URL('pglite.wasm', import.meta.resolve('@electric-sql/pglite'))));
}

async function open(path: string, pgliteWasmModule: CompiledPglite): Promise<PGlite> {
  const isNew = mkdirSync(path, { recursive: true, mode: privateFolder }) !== undefined;
  const startParams = [...PGlite.defaultStartParams, ...keptLog, ...fewFiles, ...fewBuffers(path)];
  let reason: string | undefined;
  /** PGlite itself says that it failed, and no more. @returns whether it shall be printed */
  const onStderr = (line: string) => {
    reason = /(?:FATAL|PANIC): +(.+)/.exec(line)?.[1] ?? reason;
    return false;
  };
  const parsers = { [int8]: parseBigint };
  const options = { dataDir: path, parsers, startParams, pgliteWasmModule, onStderr };
  const database = await PGlite.create(options).catch((cause: unknown) => {
    throw reason === undefined ? cause : new Error(reason, { cause });
  });
  // Its first files come with modes of their own. Later ones follow the umask, in folders that are closed.
  if (isNew) makePrivate(path);
  return database;
}

const port = parentPort!;
let database: PGlite;

async function answer(id: number, work: () => Promise<readonly object[]>): Promise<void> {
  let given: PgliteAnswer;
  try {
    given = { id, rows: await work() };
  } catch (cause) {
    const { name, code, severity, message } = cause as Error & { code?: unknown; severity?: unknown };
    given = { id, failure: { name, code, severity, message } };
  }
  port.postMessage(given);
}

await answer(0, async () => {
  const { folder, compiled = await compile() } = workerData as PgliteOpening;
  database = await open(folder, compiled);
  return [{ compiled }];
});

port.on('message', ({ id, statement }: PgliteOrder) => {
  void answer(id, async () => {
    if (statement) return (await database.query<object>(statement.text, [...statement.parameters])).rows;
    await database.close();
    return [];
  });
});
