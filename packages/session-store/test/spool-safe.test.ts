// A database whose commits are not safe by themselves: what it has is kept in the spool until it was made safe.
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ManualRuntime, temporaryFolder, type TemporaryFolder } from '@trader/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SessionStoreError } from '../src/index.ts';
import type { FileSpoolOptions } from '../src/spool/log/file-spool-options.ts';
import { entryOf, indexOf, openReporting, readAll } from './spool-entries.ts';

let folder: TemporaryFolder;
beforeEach(() => void (folder = temporaryFolder('spool-safe-')));
afterEach(() => folder.remove());

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);
const unsafe = () => new SessionStoreError('QUERY_FAILED', 'The disk refuses.', { retryable: true });

/** A spool with entries 0 to 9, and a database that is made safe when the test says so. */
async function filled(over: Partial<FileSpoolOptions> = {}) {
  const runtime = new ManualRuntime();
  const asked: PromiseWithResolvers<void>[] = [];
  const makeSafe = async () => {
    asked.push(Promise.withResolvers());
    await asked.at(-1)!.promise;
  };
  const { spool } = await openReporting({ folder: folder.path, runtime, makeSafe, syncEveryMs: 0, ...over });
  for (const index of upTo(10)) spool.append(entryOf(index));
  await spool.durable();
  return { spool, runtime, asked };
}

/** What a start after a power cut finds, if it came now. */
async function foundAgain() {
  const copy = temporaryFolder('spool-safe-copy-');
  cpSync(folder.path, copy.path, { recursive: true });
  const { spool } = await openReporting({ folder: copy.path });
  const found = (await readAll(spool)).map(indexOf);
  await spool.close();
  copy.remove();
  return found;
}

describe('what the database has', () => {
  test('does not count any more, and stays on the disk until the database is safe', async () => {
    const { spool, runtime, asked } = await filled();
    const last = entryOf(9).batch;
    spool.acknowledge('session-1', last);
    expect([spool.depth().entries, spool.sessions(), await readAll(spool)]).toEqual([0, [], []]);
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
    const { spool, asked } = await filled({ segmentBytes: 1000, maxBytes: 4000 });
    expect(asked).toHaveLength(0);
    spool.acknowledge('session-1', entryOf(9).batch);
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

test('of damaged files the latest 16 copies are kept', async () => {
  for (const number of upTo(20)) {
    writeFileSync(join(folder.path, `${String(number).padStart(16, '0')}-00000001.segment.damaged`), '');
  }
  const { spool } = await openReporting({ folder: folder.path, segmentBytes: 1500 });
  for (const index of upTo(20)) spool.append(entryOf(index));
  await spool.close();
  const segments = readdirSync(folder.path).filter((name) => name.endsWith('.segment'));
  const first = join(folder.path, segments[0]!);
  const bytes = readFileSync(first);
  bytes[300]! ^= 1;
  writeFileSync(first, bytes);
  const again = await openReporting({ folder: folder.path });
  await again.spool.close();
  expect(again.damage).toMatchObject([{ reason: 'damaged', keptAs: `${first}.damaged` }]);
  expect(readFileSync(`${first}.damaged`)).toEqual(bytes);
  expect(readdirSync(folder.path).filter((name) => name.endsWith('.damaged'))).toHaveLength(16);
});
