// A database whose commits are not safe by themselves: what it has is kept in the spool until it was made safe.
import { cpSync } from 'node:fs';
import { ManualRuntime, temporaryFolder, type TemporaryFolder } from '@trader/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SessionStoreError } from '../src/index.ts';
import type { SqliteSpoolOptions } from '../src/spool/log/sqlite-spool-options.ts';
import { openSqliteSpool } from '../src/spool/log/sqlite-spool.ts';
import { entryOf, indexOf, readAll } from './spool-entries.ts';

let folder: TemporaryFolder;
beforeEach(() => void (folder = temporaryFolder('spool-safe-')));
afterEach(() => folder.remove());

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);
const unsafe = () => new SessionStoreError('QUERY_FAILED', 'The disk refuses.', { retryable: true });

/** A spool with entries 0 to 9, and a database that is made safe when the test says so. */
async function filled(over: Partial<SqliteSpoolOptions> = {}) {
  const runtime = new ManualRuntime();
  const asked: PromiseWithResolvers<void>[] = [];
  const makeSafe = async () => {
    asked.push(Promise.withResolvers());
    await asked.at(-1)!.promise;
  };
  const spool = await openSqliteSpool({ folder: folder.path, runtime, makeSafe, ...over });
  for (const index of upTo(10)) spool.append(entryOf(index));
  await spool.durable();
  return { spool, runtime, asked };
}

/** What a start after a power cut finds, if it came now. */
async function foundAgain() {
  const copy = temporaryFolder('spool-safe-copy-');
  cpSync(folder.path, copy.path, { recursive: true });
  const spool = await openSqliteSpool({ folder: copy.path });
  const found = (await readAll(spool)).map(indexOf);
  await spool.close();
  copy.remove();
  return found;
}

describe('what the database has', () => {
  test('of a session that is forgotten stays on the disk as well, its notes too', async () => {
    const { spool, runtime, asked } = await filled();
    spool.note('session-1', 'how it ended');
    await spool.durable();
    spool.forget('session-1');
    expect([spool.sessions(), await spool.notes('session-1')]).toEqual([[], []]);
    expect(await foundAgain()).toEqual(upTo(10));
    runtime.advance(10_000);
    asked[0]!.resolve();
    await expect.poll(foundAgain).toEqual([]);
    await spool.close();
  });

  test('does not count any more, and stays on the disk until the database is safe', async () => {
    const { spool, runtime, asked } = await filled();
    const last = entryOf(9).batch;
    spool.acknowledge('session-1', last);
    expect([spool.depth().entries, await readAll(spool)]).toEqual([0, []]);
    expect(asked).toHaveLength(0);
    runtime.advance(10_000);
    expect(asked).toHaveLength(1);
    expect(await foundAgain()).toEqual(upTo(10));
    asked[0]!.resolve();
    await expect.poll(foundAgain).toEqual([]);
    await spool.close();
    expect(asked).toHaveLength(1);
  });

  test('is not forgotten for what was committed after the database began to be made safe', async () => {
    const { spool, runtime, asked } = await filled();
    spool.acknowledge('session-1', entryOf(3).batch);
    runtime.advance(10_000);
    const late = entryOf(9).batch;
    spool.acknowledge('session-1', late);
    asked[0]!.resolve();
    const notSafe = upTo(10).filter((index) => entryOf(index).batch > entryOf(3).batch);
    await expect.poll(foundAgain).toEqual(notSafe);
    const closing = spool.close();
    await expect.poll(() => asked.length).toBe(2);
    asked[1]!.resolve();
    await closing;
    expect(await foundAgain()).toEqual([]);
  });

  test('is made safe sooner when it takes much of the room', async () => {
    const { spool, asked } = await filled({ maxBytes: 16 * 2 ** 20 });
    for (const index of [10, 11]) spool.append(entryOf(index, { bytes: 3 * 2 ** 20 }));
    spool.acknowledge('session-1', 11);
    expect(asked).toHaveLength(0);
    spool.acknowledge('session-1', 12);
    expect(asked).toHaveLength(1);
    asked[0]!.resolve();
    await spool.close();
  });

  test('stays when the database cannot be made safe, which is said, tried again, and no error of the close', async () => {
    const failures: number[] = [];
    const { spool, runtime, asked } = await filled({ onUnsafe: (_, count) => failures.push(count) });
    spool.acknowledge('session-1', entryOf(9).batch);
    runtime.advance(10_000);
    asked[0]!.reject(unsafe());
    await expect.poll(() => failures).toEqual([1]);
    runtime.advance(10_000);
    asked[1]!.reject(unsafe());
    await expect.poll(() => failures).toEqual([1, 2]);
    const closing = spool.close();
    await expect.poll(() => asked.length).toBe(3);
    asked[2]!.reject(unsafe());
    await closing;
    expect(await foundAgain()).toEqual(upTo(10));
    expect(runtime.armedTimers).toBe(0);
  });
});
