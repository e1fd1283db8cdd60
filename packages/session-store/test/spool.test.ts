import { execFile } from 'node:child_process';
import { cpSync, existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ManualRuntime, temporaryFolder, type TemporaryFolder } from '@trader/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SqliteSpoolOptions } from '../src/spool/log/sqlite-spool-options.ts';
import { openSqliteSpool } from '../src/spool/log/sqlite-spool.ts';
import type { Spool } from '../src/spool/spool.ts';
import { codeOf, entryOf, indexOf, readAll, readSession } from './spool-entries.ts';

const MiB = 2 ** 20;
let folder: TemporaryFolder;
const spools: Spool[] = [];
beforeEach(() => void (folder = temporaryFolder('spool-')));
afterEach(async () => {
  await Promise.allSettled(spools.splice(0).map(async (spool) => spool.close()));
  folder.remove();
});

async function opened(options: Partial<SqliteSpoolOptions> = {}): Promise<Spool> {
  const spool = await openSqliteSpool({ folder: folder.path, ...options });
  spools.push(spool);
  return spool;
}

const bytesOnDisk = () =>
  readdirSync(folder.path).reduce((sum, name) => sum + statSync(join(folder.path, name)).size, 0);
const upTo = (count: number, from = 0) => Array.from({ length: count - from }, (_, index) => from + index);
const indices = async (spool: Spool, session = 'session-1') => (await readSession(spool, session)).map(indexOf);

describe('a spool', () => {
  test('gives the batches of each session back in order', async () => {
    const spool = await opened();
    for (const index of upTo(20)) {
      for (const session of ['a', 'b', 'c']) spool.append(entryOf(index, { session }));
    }
    await spool.durable();
    for (const session of ['a', 'b', 'c']) expect(await indices(spool, session)).toEqual(upTo(20));
    expect(spool.sessions()).toEqual(['a', 'b', 'c'].map((session) => ({ session, lastBatch: 20, records: 200 })));
  });

  test('reads from any batch, as much as is asked for', async () => {
    const spool = await opened();
    for (const index of upTo(30)) spool.append(entryOf(index));
    await spool.durable();
    for (const index of [...upTo(30), ...upTo(30).toReversed()]) {
      const entries = await spool.read('session-1', { fromBatch: index + 1, maxBytes: 1 });
      expect(entries.map(indexOf)).toEqual([index]);
    }
    expect((await spool.read('session-1', { maxBytes: 400 })).map(indexOf)).toEqual([0, 1]);
    expect(await spool.read('session-1')).toHaveLength(30);
    expect(await spool.read('session-1', { fromBatch: 31 })).toEqual([]);
    expect(await spool.read('somebody')).toEqual([]);
  });

  test('has everything again after a close, also what nobody waited for', async () => {
    const spool = await opened();
    for (const index of upTo(25)) spool.append(entryOf(index));
    spool.note('session-1', 'first');
    await spool.close();
    const again = await opened();
    expect(await indices(again)).toEqual(upTo(25));
    expect(again.depth()).toEqual({ entries: 25, records: 250, bytes: 5000, oldestAtMs: 1_785_901_540_000 });
    for (const index of upTo(30, 25)) again.append(entryOf(index));
    again.note('session-1', 'second');
    await again.durable();
    expect(await indices(again)).toEqual(upTo(30));
    expect(await again.notes('session-1')).toEqual(['first', 'second']);
  });

  test('keeps payloads of every size and every text as they are', async () => {
    const spool = await opened();
    const texts = ['', 'x'.repeat(3_000_000), '\0', 'a\0b', '\u{1F4C8} é', '\ud800', 'a\udc00b', '"', 'ÿ'];
    texts.forEach((payload, index) =>
      spool.append({ session: 's\0\ud800', batch: index + 1, records: 0, atMs: 1, payload }),
    );
    for (const text of texts) spool.note('s\0\ud800', text);
    await spool.close();
    const again = await opened();
    expect((await readSession(again, 's\0\ud800', 10)).map(({ payload }) => payload)).toEqual(texts);
    expect(await again.notes('s\0\ud800')).toEqual(texts);
  });

  test('refuses a batch that it has, or had, and a record count that is none', async () => {
    const spool = await opened();
    for (const index of upTo(3)) spool.append(entryOf(index));
    expect(() => spool.append(entryOf(2))).toThrow(RangeError);
    expect(() => spool.append({ ...entryOf(3), records: -1 })).toThrow(RangeError);
    expect(() => spool.append({ ...entryOf(3), session: '' })).toThrow(TypeError);
    expect(spool.depth().entries).toBe(3);
  });

  test('goes on behind batches that it never had', async () => {
    const spool = await opened();
    for (const index of [0, 1, 7, 8]) spool.append(entryOf(index));
    await spool.durable();
    expect(await indices(spool)).toEqual([0, 1, 7, 8]);
    expect(spool.sessions()).toEqual([{ session: 'session-1', lastBatch: 9, records: 40 }]);
  });
});

describe('acknowledging', () => {
  test('takes out a session’s batches at once, and nothing of another session', async () => {
    const spool = await opened();
    for (const index of upTo(12)) for (const session of ['a', 'b']) spool.append(entryOf(index, { session }));
    spool.acknowledge('a', 2);
    expect(spool.sessions()).toEqual([
      { session: 'a', lastBatch: 12, records: 100 },
      { session: 'b', lastBatch: 12, records: 120 },
    ]);
    await spool.durable();
    expect(await indices(spool, 'a')).toEqual(upTo(12, 2));
    expect(await indices(spool, 'b')).toEqual(upTo(12));
    expect(spool.depth()).toEqual({ entries: 22, records: 220, bytes: 4400, oldestAtMs: 1_785_901_540_000 });
    spool.acknowledge('b', 3);
    expect(spool.depth()).toMatchObject({ entries: 19, oldestAtMs: 1_785_901_540_002 });
    spool.acknowledge('b', 1);
    spool.acknowledge('nobody', 1);
    expect(spool.depth().entries).toBe(19);
  });

  test('is remembered over a close, and so is how far the session came', async () => {
    const spool = await opened();
    for (const index of upTo(40)) spool.append(entryOf(index));
    await spool.durable();
    spool.acknowledge('session-1', 24);
    await spool.close();
    const again = await opened();
    expect(await indices(again)).toEqual(upTo(40, 24));
    again.acknowledge('session-1', 40);
    await again.close();
    const third = await opened();
    expect(third.depth()).toEqual({ entries: 0, records: 0, bytes: 0, oldestAtMs: null });
    expect(third.sessions()).toEqual([{ session: 'session-1', lastBatch: 40, records: 0 }]);
  });

  test('counts for batches that come only later, too', async () => {
    const spool = await opened();
    spool.append(entryOf(0));
    spool.acknowledge('session-1', 3);
    for (const index of upTo(5, 1)) spool.append(entryOf(index));
    await spool.durable();
    expect(await indices(spool)).toEqual([3, 4]);
    expect(spool.depth().entries).toBe(2);
  });

  test('leaves what was never acknowledged, however much other sessions come and go', async () => {
    const spool = await opened();
    spool.append(entryOf(0, { session: 'left by the dead' }));
    for (const index of upTo(100)) spool.append(entryOf(index));
    await spool.durable();
    spool.acknowledge('session-1', 100);
    spool.forget('session-1');
    await spool.close();
    const again = await opened();
    expect(again.sessions()).toEqual([{ session: 'left by the dead', lastBatch: 1, records: 10 }]);
    expect(await indices(again, 'left by the dead')).toEqual([0]);
  });

  test('makes a file that has grown small again, and keeps it bounded', async () => {
    const spool = await opened();
    const afterRounds: number[] = [];
    for (let round = 0; round < 4; round++) {
      for (const index of upTo((round + 1) * 300, round * 300)) spool.append(entryOf(index, { bytes: 40_000 }));
      await spool.durable();
      expect(bytesOnDisk()).toBeGreaterThan(10 * MiB);
      spool.acknowledge('session-1', (round + 1) * 300);
      await expect.poll(bytesOnDisk, { timeout: 30_000 }).toBeLessThan(4 * MiB);
      afterRounds.push(bytesOnDisk());
    }
    expect(spool.depth().entries).toBe(0);
    await spool.close();
    expect(bytesOnDisk()).toBeLessThan(3 * MiB);
  });
});

describe('forgetting', () => {
  test('takes a session out with its notes, for good', async () => {
    const spool = await opened();
    for (const session of ['a', 'b']) {
      spool.append(entryOf(0, { session }));
      spool.note(session, `of ${session}`);
    }
    await spool.durable();
    spool.forget('a');
    expect([await spool.read('a'), await spool.notes('a')]).toEqual([[], []]);
    expect(spool.depth().entries).toBe(1);
    await spool.close();
    const again = await opened();
    expect(again.sessions()).toEqual([{ session: 'b', lastBatch: 1, records: 10 }]);
    expect(await again.notes('b')).toEqual(['of b']);
    expect(await again.notes('a')).toEqual([]);
  });

  test('lets the same name begin anew, with nothing of what was', async () => {
    const spool = await opened();
    for (const index of upTo(5)) spool.append(entryOf(index));
    spool.note('session-1', 'old');
    spool.forget('session-1');
    spool.append(entryOf(0));
    spool.note('session-1', 'new');
    await spool.durable();
    expect(await indices(spool)).toEqual([0]);
    await spool.close();
    const again = await opened();
    expect([await indices(again), await again.notes('session-1')]).toEqual([[0], ['new']]);
  });

  test('a session of which there are only notes is one', async () => {
    const spool = await opened();
    spool.note('session-1', 'ends here');
    await spool.close();
    const again = await opened();
    expect(again.sessions()).toEqual([{ session: 'session-1', lastBatch: 0, records: 0 }]);
    again.forget('session-1');
    await again.close();
    expect((await opened()).sessions()).toEqual([]);
  });
});

describe('what the database has and may lose', () => {
  /** What a start after a power cut finds, if it came now. */
  async function foundAgain() {
    using copy = temporaryFolder('spool-copy-');
    cpSync(folder.path, copy.path, { recursive: true });
    const again = await openSqliteSpool({ folder: copy.path });
    const found = { batches: (await readAll(again)).map(indexOf), notes: await again.notes('session-1') };
    await again.close();
    return found;
  }

  test.each(['acknowledged', 'forgotten'] as const)(
    'stays on the disk until it is safe, and counts no more: %s',
    async (what) => {
      const runtime = new ManualRuntime();
      const safe = Promise.withResolvers<void>();
      const spool = await opened({ runtime, makeSafe: async () => safe.promise });
      for (const index of upTo(10)) spool.append(entryOf(index));
      spool.note('session-1', 'a note');
      await spool.durable();
      if (what === 'acknowledged') spool.acknowledge('session-1', 10);
      else spool.forget('session-1');
      expect(spool.depth()).toEqual({ entries: 0, records: 0, bytes: 0, oldestAtMs: null });
      expect(await spool.read('session-1')).toEqual([]);
      expect(spool.sessions()).toHaveLength(what === 'acknowledged' ? 1 : 0);
      expect(await spool.notes('session-1')).toHaveLength(what === 'acknowledged' ? 1 : 0);
      runtime.advance(10_000);
      expect(await foundAgain()).toEqual({ batches: upTo(10), notes: ['a note'] });
      safe.resolve();
      const left = { batches: [], notes: what === 'acknowledged' ? ['a note'] : [] };
      await expect.poll(foundAgain, { timeout: 30_000 }).toEqual(left);
    },
  );

  test('takes room until it is safe', async () => {
    const safe = Promise.withResolvers<void>();
    const spool = await opened({ maxBytes: 16 * MiB, makeSafe: async () => safe.promise });
    for (const index of upTo(14)) spool.append(entryOf(index, { bytes: MiB }));
    await spool.durable();
    spool.acknowledge('session-1', 14);
    expect(spool.depth().bytes).toBe(0);
    expect(() => spool.append(entryOf(14, { bytes: 3 * MiB }))).toThrow(
      expect.objectContaining({ code: 'SPOOL_FULL', retryable: true }),
    );
    safe.resolve();
  });
});

test('a spool that nobody closes keeps no process alive', async () => {
  const program = `
    import { openSqliteSpool } from ${JSON.stringify(new URL('../src/spool/log/sqlite-spool.ts', import.meta.url).href)};
    const spool = await openSqliteSpool({ folder: ${JSON.stringify(folder.path)} });
    spool.append(${JSON.stringify(entryOf(0))});
    await spool.durable();
    console.log((await spool.read('session-1')).length);`;
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--no-warnings',
    '--input-type=module',
    '--eval',
    program,
  ]);
  expect(stdout).toBe('1\n');
});

describe('durability', () => {
  test('of everything is what a close gives', async () => {
    const runtime = new ManualRuntime();
    const spool = await opened({ runtime });
    spool.append(entryOf(0));
    const durable = spool.durable();
    await Promise.all([spool.close(), spool.close()]);
    await durable;
    await spool.durable();
    expect(runtime.armedTimers).toBe(0);
    const late = [
      () => spool.append(entryOf(1)),
      () => spool.note('session-1', ''),
      () => spool.acknowledge('session-1', 1),
      () => spool.forget('session-1'),
    ];
    for (const call of late) expect(call).toThrow(expect.objectContaining({ code: 'SPOOL_CLOSED' }));
    await expect(spool.read('session-1')).rejects.toMatchObject({ code: 'SPOOL_CLOSED' });
    await expect(spool.notes('session-1')).rejects.toMatchObject({ code: 'SPOOL_CLOSED' });
  });

  test('covers notes, and what is acknowledged before it was written', async () => {
    const spool = await opened();
    for (const index of upTo(3)) spool.append(entryOf(index));
    spool.note('session-1', 'behind them');
    spool.acknowledge('session-1', 2);
    await spool.durable();
    expect(await indices(spool)).toEqual([2]);
    expect(await spool.notes('session-1')).toEqual(['behind them']);
  });
});

describe('limits', () => {
  test('of what waits: refuses what is too much, takes it when there is room, keeps what it had', async () => {
    const spool = await opened({ maxBytes: 16 * MiB, maxUnwrittenBytes: 64 * MiB });
    let taken = 0;
    const fill = () => {
      for (;;) spool.append(entryOf(taken++, { bytes: MiB }));
    };
    expect(fill).toThrow(expect.objectContaining({ code: 'SPOOL_FULL', retryable: true }));
    expect(--taken).toBe(16);
    await spool.durable();
    expect(await indices(spool)).toEqual(upTo(16));
    spool.acknowledge('session-1', 3);
    for (const index of upTo(19, 16)) spool.append(entryOf(index, { bytes: MiB }));
    expect(() => spool.append(entryOf(19))).toThrow(expect.objectContaining({ code: 'SPOOL_FULL' }));
    await spool.durable();
    expect(await indices(spool)).toEqual(upTo(19, 3));
  });

  test('of memory: refuses what the disk has not kept up with', async () => {
    const spool = await opened({ maxUnwrittenBytes: 1000 });
    const fill = () => {
      for (let index = 0; ; index++) spool.append(entryOf(index));
    };
    expect(fill).toThrow(expect.objectContaining({ code: 'SPOOL_FULL', retryable: true }));
    await spool.durable();
    spool.append(entryOf(9));
  });

  test.each([
    ['folder', { folder: '' }, TypeError],
    ['maxBytes', { maxBytes: MiB }, RangeError],
    ['maxUnwrittenBytes', { maxUnwrittenBytes: 0 }, RangeError],
  ])('are checked: %s', async (name, options, type) => {
    const failing = openSqliteSpool({ folder: folder.path, ...options });
    await expect(failing).rejects.toThrow(type);
    await expect(failing).rejects.toThrow(name);
  });
});

describe('the folder', () => {
  test('belongs to one spool at a time', async () => {
    const spool = await opened();
    const second = await opened().catch((error: unknown) => error);
    expect(codeOf(second)).toBe('DATA_DIR_LOCKED');
    await spool.close();
    await opened();
  });

  test('is made with its parents', async () => {
    const path = join(folder.path, 'not', 'there');
    const spool = await opened({ folder: path });
    spool.append(entryOf(0));
    await spool.durable();
    expect(existsSync(join(path, 'mark'))).toBe(true);
  });

  test('that cannot be made is refused', async () => {
    const failing = opened({ folder: join(process.execPath, 'a-file-is-no-folder') });
    await expect(failing).rejects.toMatchObject({ code: 'DATA_DIR_UNUSABLE' });
  });
});

test('reading goes on undisturbed while what was read is acknowledged', async () => {
  const spool = await opened();
  for (const index of upTo(200)) spool.append(entryOf(index));
  await spool.durable();
  const seen: number[] = [];
  for (let fromBatch = 1; ;) {
    const reading = spool.read('session-1', { fromBatch, maxBytes: 3000 });
    // In the middle of it.
    if (seen.length > 0) spool.acknowledge('session-1', seen.at(-1)!);
    const entries = await reading;
    if (entries.length === 0) break;
    seen.push(...entries.map(indexOf));
    fromBatch = entries.at(-1)!.batch + 1;
  }
  expect(seen).toEqual(upTo(200));
});

test('what is acknowledged while it is being read is not given back, and what comes behind it is', async () => {
  const spool = await opened();
  for (const index of upTo(40)) spool.append(entryOf(index));
  await spool.durable();
  const reading = spool.read('session-1', { maxBytes: 1000 });
  spool.acknowledge('session-1', 32);
  expect((await reading).map(indexOf)).toEqual(upTo(37, 32));
  const forgotten = spool.read('session-1');
  spool.forget('session-1');
  expect([await forgotten, await readAll(spool)]).toEqual([[], []]);
});
