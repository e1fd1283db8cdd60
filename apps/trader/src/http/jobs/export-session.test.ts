import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportedKinds, type ExportOptions, type ExportResult, type SessionRow } from '@trader/session-store';
import { temporaryFolder, type TemporaryFolder } from '@trader/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { exportSession } from './export-session.ts';

const ID = '3f2a90c1-0000-4000-8000-000000000000';
const SESSION = { id: ID, messages: 60, deltas: 40, snapshots: 10, trades: 6, gaps: 4 } as SessionRow;
const ENOUGH = async () => 2 ** 40;

let folder: TemporaryFolder;
beforeEach(() => void (folder = temporaryFolder()));
afterEach(() => folder.remove());

type Write = (options: ExportOptions) => void | Promise<void>;

/** A store that writes a line into each file, once the test has looked at what it is asked for. */
function storeThat(look: Write = () => undefined) {
  const exportRecords = async (options: ExportOptions): Promise<ExportResult> => {
    await look(options);
    options.signal!.throwIfAborted();
    const at = (name: string): string => join(options.folder, `${name}.parquet`);
    for (const name of [options.what, 'coverage']) writeFileSync(at(name), 'whole');
    options.onProgress!({ sessions: 1, ofSessions: 1, rows: 50 });
    return { file: at(options.what), rows: 50, coverageFile: at('coverage'), packageFile: null, sessions: [ID] };
  };
  return { export: exportRecords } as unknown as Parameters<ReturnType<typeof exportSession>>[0];
}

function run(store: ReturnType<typeof storeThat>, { dir = folder.path, freeBytes = ENOUGH } = {}) {
  const abort = new AbortController();
  const told: number[] = [];
  const watch = { signal: abort.signal, onProgress: (records: number) => void told.push(records) };
  return { abort, told, result: exportSession({ dir, freeBytes })(store, SESSION, watch) };
}

const codeOf = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'none',
    ({ code, name }: { readonly code?: unknown; readonly name: string }) => (typeof code === 'string' ? code : name),
  );

describe('an export', () => {
  test('is a folder of the session with all kinds of records, told as it goes on', async () => {
    const asked: ExportOptions[] = [];
    const { result, told } = run(storeThat((options) => void asked.push(options)));
    const { folder: where, files, coverageFile, damaged } = await result;
    expect([where, coverageFile, damaged]).toEqual([join(folder.path, ID), 'coverage.parquet', 0]);
    expect(files.map(({ what, file, rows }) => [what, file, rows])).toEqual(
      exportedKinds.map((what) => [what, `${what}.parquet`, 50]),
    );
    expect(readdirSync(where).toSorted()).toEqual(
      [...exportedKinds, 'coverage'].map((name) => `${name}.parquet`).toSorted(),
    );
    expect(readdirSync(folder.path)).toEqual([ID]);
    for (const options of asked) expect(options).toMatchObject({ format: 'parquet', sessions: [ID] });
    expect(told).toEqual(told.toSorted((one, other) => one - other));
    expect(told.at(-1)).toBe(60);
  });

  test('counts the parts that could not be read, and goes on', async () => {
    const { result } = run(storeThat(({ onDamage }) => onDamage!({ session: ID, problem: 'a chunk' })));
    expect((await result).damaged).toBe(exportedKinds.length);
  });

  test('takes the place of an earlier one when it is whole; one that is ended leaves that as it was', async () => {
    const where = join(folder.path, ID);
    mkdirSync(where);
    writeFileSync(join(where, 'deltas.parquet'), 'earlier');
    const ended = run(storeThat(() => ended.abort.abort()));
    expect(await codeOf(ended.result)).toBe('AbortError');
    expect(readdirSync(folder.path)).toEqual([ID]);
    expect(readFileSync(join(where, 'deltas.parquet'), 'utf8')).toBe('earlier');
    await run(storeThat()).result;
    expect(readFileSync(join(where, 'deltas.parquet'), 'utf8')).toBe('whole');
  });

  test('removes what a process that was killed left of one', async () => {
    const left = join(folder.path, `${ID}.part`);
    mkdirSync(left);
    writeFileSync(join(left, 'deltas.parquet.part'), 'half');
    await run(storeThat()).result;
    expect(readdirSync(folder.path)).toEqual([ID]);
    expect(existsSync(join(folder.path, ID, 'deltas.parquet.part'))).toBe(false);
  });

  test('does not begin, nor go on, without the room that recording needs', async () => {
    const none = run(storeThat(), { freeBytes: async () => 2 ** 30 - 1 });
    expect(await codeOf(none.result)).toBe('EXPORT_NO_ROOM');
    let free = 2 ** 30;
    const untilAborted: Write = async ({ signal }) => {
      free -= 1;
      const { promise, resolve } = Promise.withResolvers<void>();
      signal!.addEventListener('abort', () => resolve());
      await promise;
    };
    const filling = run(storeThat(untilAborted), { freeBytes: async () => free });
    expect(await codeOf(filling.result)).toBe('EXPORT_NO_ROOM');
    expect(readdirSync(folder.path)).toEqual([]);
  });

  test('says that its folder cannot be written', async () => {
    const file = join(folder.path, 'file');
    writeFileSync(file, '');
    expect(await codeOf(run(storeThat(), { dir: file }).result)).toBe('EXPORT_UNWRITABLE');
  });

  test('fails as the store does', async () => {
    const { result } = run(
      storeThat(() => {
        throw Object.assign(new Error('away'), { code: 'DATABASE_UNREACHABLE' });
      }),
    );
    expect(await codeOf(result)).toBe('DATABASE_UNREACHABLE');
    expect(readdirSync(folder.path)).toEqual([]);
  });
});
