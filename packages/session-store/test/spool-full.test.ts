// A disk that has no room, or that fails. The full disk is one of 16 MiB, which takes the right to mount; elsewhere the
// quota of `maxBytes` is what stands for it (spool.test.ts).
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ManualRuntime, SmallDisk, temporaryFolder, type TemporaryFolder } from '@trader/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSqliteSpool } from '../src/spool/log/sqlite-spool.ts';
import type { Spool } from '../src/spool/spool.ts';
import { diskFails, FailingThread } from './failing-thread.ts';
import { codeOf, entryOf, indexOf, readSession } from './spool-entries.ts';

const MiB = 2 ** 20;
const WAIT = { timeout: 30_000, interval: 20 };
const upTo = (count: number, from = 0) => Array.from({ length: count - from }, (_, index) => from + index);
const indices = async (spool: Spool, session = 'session-1') => (await readSession(spool, session, MiB)).map(indexOf);
const outcome = async (spool: Spool) => spool.durable().then(() => 'durable', codeOf);

function attempt(work: () => void): unknown {
  try {
    work();
    return null;
  } catch (error) {
    return error;
  }
}

const missing = SmallDisk.refusal();

describe.skipIf(missing)(`a full disk${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let disk: SmallDisk;
  let spool: Spool;
  let runtime: ManualRuntime;
  let taken: number;
  const open = async () => openSqliteSpool({ folder: join(disk.path, 'spool'), runtime });
  beforeEach(async () => {
    disk = SmallDisk.mount(16 * MiB) as SmallDisk;
    runtime = new ManualRuntime();
    spool = await open();
    taken = 0;
  });
  afterEach(async () => {
    await spool.close().catch(() => undefined);
    disk[Symbol.dispose]();
  });

  /** Until it refuses. @returns with which code */
  async function fill(): Promise<unknown> {
    for (;;) {
      try {
        spool.append(entryOf(taken, { bytes: 30_000 }));
        taken++;
        await spool.durable();
      } catch (error) {
        return codeOf(error);
      }
    }
  }

  /** A second after the other, until it takes what is next. */
  const takesMore = async (session = 'session-1') =>
    expect
      .poll(() => {
        runtime.advance(1000);
        return codeOf(attempt(() => spool.append(entryOf(session === 'session-1' ? taken : 0, { session }))));
      }, WAIT)
      .toBe(null);

  test('refuses what is new, keeps what it took, and works again when there is room', async () => {
    disk.fill(10 * MiB);
    expect(await fill()).toBe('SPOOL_FULL');
    disk.fill();
    expect(() => spool.append(entryOf(taken))).toThrow(
      expect.objectContaining({ code: 'SPOOL_FULL', retryable: true }),
    );
    expect(await outcome(spool)).toBe('SPOOL_FULL');
    expect(taken).toBeGreaterThan(100);
    runtime.advance(1000);
    await expect.poll(() => runtime.armedTimers, WAIT).toBe(1);
    expect(await outcome(spool)).toBe('SPOOL_FULL');
    expect((await indices(spool)).length, 'all but what is in memory').toBeGreaterThanOrEqual(taken - 1);

    disk.clear();
    await takesMore();
    taken++;
    await spool.durable();
    expect(await indices(spool)).toEqual(upTo(taken));
    await spool.close();
    spool = await open();
    expect(await indices(spool)).toEqual(upTo(taken));
  });

  test.each(['acknowledges', 'forgets'] as const)('takes more once the database %s what is in it', async (what) => {
    for (let round = 0; round < 3; round++) {
      expect(await fill()).toBe('SPOOL_FULL');
      const session = `later-${round}`;
      if (what === 'acknowledges') spool.acknowledge('session-1', taken);
      else spool.forget('session-1');
      await takesMore(session);
      if (what === 'forgets') taken = 0;
      for (const index of upTo(50, 1)) spool.append(entryOf(index, { session, bytes: 30_000 }));
      await spool.durable();
      expect(await indices(spool, session)).toEqual(upTo(50));
      expect(await indices(spool)).toEqual([]);
      spool.forget(session);
    }
    await spool.close();
    spool = await open();
    expect(spool.depth().entries).toBe(0);
  });

  test('that stays full: what the database has makes room for what comes', async () => {
    disk.fill(10 * MiB);
    expect(await fill()).toBe('SPOOL_FULL');
    disk.fill();
    expect(taken, 'more than one group frees').toBeGreaterThan(100);
    const first = taken - 20;
    spool.acknowledge('session-1', first);
    await takesMore();
    taken++;
    await spool.durable();
    expect(await indices(spool)).toEqual(upTo(taken, first));
    expect(disk.freeBytes).toBeLessThan(MiB);
    await spool.close();
    // The folder's lock takes a little.
    disk.clear();
    disk.fill(MiB / 16);
    spool = await open();
    expect(await indices(spool)).toEqual(upTo(taken, first));
  });

  test('is no reason not to open, and to read', async () => {
    disk.fill(10 * MiB);
    expect(await fill()).toBe('SPOOL_FULL');
    disk.fill();
    expect(await spool.close().then(() => null, codeOf), 'what it could not write').toBe('SPOOL_FULL');
    disk.clear();
    disk.fill(MiB / 16);
    spool = await open();
    expect((await indices(spool)).length).toBeGreaterThanOrEqual(taken - 1);
  });
});

describe('a disk', () => {
  let folder: TemporaryFolder;
  let thread: FailingThread;
  let spool: Spool;
  let runtime: ManualRuntime;
  const open = async () =>
    openSqliteSpool({ folder: folder.path, runtime }, (path) => (thread = new FailingThread(path)));
  beforeEach(async () => {
    folder = temporaryFolder('spool-failing-');
    runtime = new ManualRuntime();
    spool = await open();
    for (const index of upTo(10)) spool.append(entryOf(index));
    await spool.durable();
  });
  afterEach(async () => {
    thread.onCommit = () => undefined;
    await spool.close().catch(() => undefined);
    folder.remove();
  });

  /** Commits fail at that moment until the function that is returned is called. */
  function failing(at: 'before' | 'after'): () => void {
    thread.onCommit = (when) => {
      if (when === at) throw diskFails();
    };
    return () => (thread.onCommit = () => undefined);
  }

  test.each(['before', 'after'] as const)(
    'that fails a commit, or %s it: what was to be kept is kept all the same, in order, once',
    async (when) => {
      const mend = failing(when);
      spool.append(entryOf(10));
      spool.note('session-1', 'a note');
      expect(await outcome(spool)).toBe('SPOOL_FAILED');
      expect(() => spool.append(entryOf(11))).toThrow(
        expect.objectContaining({ code: 'SPOOL_FAILED', retryable: true }),
      );
      expect(() => spool.note('session-1', '')).toThrow(/disk I\/O error. See to the disk/);
      runtime.advance(1000);
      await expect.poll(() => runtime.armedTimers, WAIT).toBe(1);
      mend();
      runtime.advance(1000);
      await expect.poll(() => outcome(spool), WAIT).toBe('durable');
      spool.append(entryOf(11));
      await spool.durable();
      expect([await indices(spool), await spool.notes('session-1')]).toEqual([upTo(12), ['a note']]);
      await spool.close();
      spool = await open();
      expect([await indices(spool), await spool.notes('session-1')]).toEqual([upTo(12), ['a note']]);
      expect(runtime.armedTimers).toBe(0);
    },
  );

  test('that fails while a session is forgotten brings nothing of it back', async () => {
    let isFirst = true;
    thread.onCommit = (when) => {
      if (when === 'before' || !isFirst) return;
      isFirst = false;
      // What the thread has at this moment is in the database by now, and here it counts as not written.
      spool.forget('session-1');
      throw diskFails();
    };
    spool.append(entryOf(10));
    spool.note('session-1', 'a note');
    expect(await outcome(spool)).toBe('SPOOL_FAILED');
    runtime.advance(1000);
    await expect.poll(() => outcome(spool), WAIT).toBe('durable');
    await spool.close();
    spool = await open();
    expect([spool.sessions(), await spool.notes('session-1')]).toEqual([[], []]);
  });

  test('that fails while acknowledged batches are freed frees them later', async () => {
    const mend = failing('before');
    spool.acknowledge('session-1', 4);
    await expect.poll(() => runtime.armedTimers, WAIT).toBe(1);
    expect(await indices(spool)).toEqual(upTo(10, 4));
    mend();
    runtime.advance(1000);
    await expect.poll(() => outcome(spool), WAIT).toBe('durable');
    await spool.close();
    spool = await open();
    expect(await indices(spool)).toEqual(upTo(10, 4));
  });

  test('that fails for good is said so when closing, and the folder is let go', async () => {
    failing('before');
    spool.append(entryOf(10));
    await expect(spool.close()).rejects.toMatchObject({ code: 'SPOOL_FAILED' });
    spool = await open();
    expect(await indices(spool)).toEqual(upTo(10));
  });

  test('a thread that dies is started anew: nothing that was taken is lost', async () => {
    let deaths = 0;
    thread.onCommit = async (when) => {
      if (when === 'before' && deaths++ < 2) void thread.thread.kill();
    };
    spool.append(entryOf(10));
    expect(await outcome(spool)).toBe('SPOOL_FAILED');
    runtime.advance(1000);
    await expect.poll(() => outcome(spool), WAIT).toBe('durable');
    expect(await indices(spool)).toEqual(upTo(11));
    const reading = spool.read('session-1').then(() => 'read', codeOf);
    await thread.thread.kill();
    expect(['read', 'SPOOL_FAILED']).toContain(await reading);
    expect(await indices(spool)).toEqual(upTo(11));
    expect(existsSync(join(folder.path, 'spool.sqlite'))).toBe(true);
  });
});
