import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { ManualRuntime, temporaryFolder, type TemporaryFolder } from '@trader/testkit';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openFileSpool } from '../src/spool/log/file-spool.ts';
import { SpoolMark } from '../src/spool/log/spool-mark.ts';
import type { Spool } from '../src/spool/spool.ts';
import { codeOf, entryOf, indexOf, openReporting, readAll } from './spool-entries.ts';

let folder: TemporaryFolder;
const spools: Spool[] = [];
beforeEach(() => void (folder = temporaryFolder('spool-')));
afterEach(async () => {
  await Promise.allSettled(spools.splice(0).map(async (spool) => spool.close()));
  folder.remove();
});

const opened = async (options: Partial<Parameters<typeof openReporting>[0]> = {}) => {
  const { spool, damage } = await openReporting({ folder: folder.path, ...options });
  spools.push(spool);
  return { spool, damage };
};

const bytesOnDisk = () =>
  readdirSync(folder.path).reduce((sum, name) => sum + statSync(join(folder.path, name)).size, 0);
const segments = () => readdirSync(folder.path).filter((name) => name.endsWith('.segment'));
const upTo = (count: number, from = 0) => Array.from({ length: count - from }, (_, index) => from + index);

describe('a spool', () => {
  test('gives entries back in order, of all sessions, with a position that rises', async () => {
    const { spool } = await opened();
    const positions = upTo(40).map((index) => spool.append(entryOf(index, { session: `session-${index % 3}` })));
    await spool.durable();
    const entries = await readAll(spool);
    expect(entries.map(indexOf)).toEqual(upTo(40));
    expect(entries.map(({ position }) => position)).toEqual(positions);
    expect(positions).toEqual(positions.toSorted((one, other) => one - other));
    expect(entries.map(({ session }) => session).slice(0, 4)).toEqual([
      'session-0',
      'session-1',
      'session-2',
      'session-0',
    ]);
  });

  test('reads from any position, over the ends of its segments', async () => {
    const { spool } = await opened({ segmentBytes: 700 });
    const positions = upTo(30).map((index) => spool.append(entryOf(index)));
    await spool.durable();
    // Positions first in order, which it reads on from, then back again, which it has to search for.
    for (const index of [...upTo(30), ...upTo(30).toReversed()]) {
      const [entry] = await spool.read({ from: positions[index]!, maxBytes: 1 });
      expect(indexOf(entry!)).toBe(index);
    }
    expect(await spool.read({ from: positions.at(-1)! + 1 })).toEqual([]);
  });

  test('has everything again after a close, also what nobody waited for', async () => {
    const { spool } = await opened({ segmentBytes: 2000, syncEveryMs: 1000 });
    for (const index of upTo(25)) spool.append(entryOf(index));
    await spool.close();
    const { spool: again, damage } = await opened();
    expect((await readAll(again)).map(indexOf)).toEqual(upTo(25));
    expect(damage).toEqual([]);
    for (const index of upTo(30, 25)) again.append(entryOf(index));
    await again.durable();
    expect((await readAll(again)).map(indexOf)).toEqual(upTo(30));
  });

  test('keeps large and empty payloads', async () => {
    const { spool } = await opened({ segmentBytes: 1000 });
    const sizes = [0, 3_000_000, 1, 0];
    for (const [index, bytes] of sizes.entries()) {
      spool.append({ session: 's', batch: index + 1, records: 0, atMs: 1, payload: new Uint8Array(bytes).fill(7) });
    }
    await spool.durable();
    const entries = await readAll(spool, 10);
    expect(entries.map(({ payload }) => payload.length)).toEqual(sizes);
    expect(entries.every(({ payload }) => payload.every((byte) => byte === 7))).toBe(true);
  });

  test('refuses a batch that lies before one it has, and a record count that is none', async () => {
    const { spool } = await opened();
    spool.append(entryOf(9));
    expect(() => spool.append(entryOf(2))).toThrow(RangeError);
    expect(() => spool.append({ ...entryOf(9), records: -1 })).toThrow(RangeError);
    expect(spool.depth().entries).toBe(1);
  });
});

describe('acknowledging', () => {
  test('takes out a session’s batches, and nothing of another session', async () => {
    const { spool } = await opened();
    for (const index of upTo(12)) {
      spool.append(entryOf(index, { session: 'a' }));
      spool.append(entryOf(index, { session: 'b' }));
    }
    spool.acknowledge('a', 2);
    await spool.durable();
    const left = await readAll(spool);
    expect(left.filter(({ session }) => session === 'a').map(indexOf)).toEqual(upTo(12, 8));
    expect(left.filter(({ session }) => session === 'b').map(indexOf)).toEqual(upTo(12));
    expect(spool.sessions()).toEqual([
      { session: 'a', firstBatch: 3, lastBatch: 3, entries: 4, records: 40 },
      { session: 'b', firstBatch: 1, lastBatch: 3, entries: 12, records: 120 },
    ]);
    expect(spool.depth()).toEqual({ entries: 16, records: 160, bytes: 3200, oldestAtMs: 1_785_901_540_000 });
    spool.acknowledge('b', 3);
    expect(spool.depth()).toMatchObject({ entries: 4, oldestAtMs: 1_785_901_540_008 });
  });

  test('is remembered over a close, and the folder is empty once nothing waits', async () => {
    const { spool } = await opened({ segmentBytes: 1000 });
    for (const index of upTo(40)) spool.append(entryOf(index));
    await spool.durable();
    spool.acknowledge('session-1', 6);
    await spool.close();
    const { spool: again } = await opened();
    expect((await readAll(again)).map(indexOf)).toEqual(upTo(40, 24));
    again.acknowledge('session-1', 10);
    await again.close();
    expect(segments()).toEqual([]);
    const { spool: third, damage } = await opened();
    expect([third.depth().entries, damage]).toEqual([0, []]);
  });

  test('of everything leaves no file behind', async () => {
    const { spool } = await opened();
    for (const index of upTo(8)) spool.append(entryOf(index));
    await spool.durable();
    spool.acknowledge('session-1', 2);
    await spool.close();
    expect(segments()).toEqual([]);
  });

  test('is no loss, even when the process dies before it has noted how far the log goes', async () => {
    const first = await opened();
    for (const index of upTo(8)) first.spool.append(entryOf(index));
    await first.spool.close();
    const second = await opened();
    second.spool.acknowledge('session-1', 2);
    await second.spool.durable();
    const mark = readFileSync(join(folder.path, 'mark'));
    second.spool.append(entryOf(8));
    await second.spool.close();
    writeFileSync(join(folder.path, 'mark'), mark);
    const third = await opened();
    expect((await readAll(third.spool)).map(indexOf)).toEqual([8]);
    expect(third.damage).toEqual([]);
  });

  test('holds entries that were never acknowledged, however much other sessions come and go behind them', async () => {
    const { spool } = await opened({ segmentBytes: 1000 });
    spool.append(entryOf(0, { session: 'left by the dead' }));
    for (const index of upTo(100)) spool.append(entryOf(index));
    await spool.durable();
    spool.acknowledge('session-1', 25);
    await spool.close();
    const { spool: again } = await opened();
    expect(again.sessions().map(({ session }) => session)).toEqual(['left by the dead']);
    expect((await readAll(again)).map(indexOf)).toEqual([0]);
  });

  test('keeps the files bounded over rounds of filling and emptying', async () => {
    const { spool } = await opened({ segmentBytes: 10_000 });
    const afterRounds: number[] = [];
    for (let round = 0; round < 10; round++) {
      for (const index of upTo((round + 1) * 400, round * 400)) spool.append(entryOf(index));
      await spool.durable();
      expect(bytesOnDisk()).toBeGreaterThan(400 * 200);
      spool.acknowledge('session-1', (round + 1) * 100);
      await spool.durable();
      await expect.poll(() => segments().length).toBeLessThanOrEqual(1);
      afterRounds.push(bytesOnDisk());
    }
    expect(Math.max(...afterRounds)).toBeLessThan(60_000);
    expect(spool.depth().entries).toBe(0);
  });
});

describe('durability', () => {
  test('waits for the sync, which comes when it is due', async () => {
    const runtime = new ManualRuntime();
    const { spool } = await opened({ syncEveryMs: 100, runtime });
    const position = spool.append(entryOf(0));
    let isDurable = false;
    const durable = spool.durable(position).then(() => (isDurable = true));
    await expect.poll(() => runtime.armedTimers).toBe(1);
    expect(await readAll(spool), 'written already').toHaveLength(1);
    expect(isDurable).toBe(false);
    runtime.advance(100);
    await durable;
    await spool.close();
    expect(runtime.armedTimers).toBe(0);
  });

  test('without a sync is what a write gives', async () => {
    const runtime = new ManualRuntime();
    const { spool } = await opened({ syncEveryMs: null, runtime });
    await spool.durable(spool.append(entryOf(0)));
    expect(runtime.armedTimers).toBe(0);
  });

  test('of everything is what a close gives', async () => {
    const { spool } = await opened({ syncEveryMs: 1_000_000, runtime: new ManualRuntime() });
    const durable = spool.durable(spool.append(entryOf(0)));
    await Promise.all([spool.close(), spool.close()]);
    await durable;
    const late = [() => spool.append(entryOf(1)), () => spool.acknowledge('session-1', 1)];
    for (const call of late) expect(call).toThrow(expect.objectContaining({ code: 'SPOOL_CLOSED' }));
    await expect(spool.read()).rejects.toMatchObject({ code: 'SPOOL_CLOSED' });
  });
});

describe('limits', () => {
  test('of its files: refuses what is too much, takes it when there is room, keeps what it had', async () => {
    const { spool } = await opened({ segmentBytes: 1000, maxBytes: 5000 });
    let taken = 0;
    const fill = () => {
      for (;;) spool.append(entryOf(taken++));
    };
    expect(fill).toThrow(expect.objectContaining({ code: 'SPOOL_FULL', retryable: true }));
    taken--;
    expect(taken).toBeGreaterThan(10);
    await spool.durable();
    expect((await readAll(spool)).map(indexOf)).toEqual(upTo(taken));
    expect(segments().reduce((sum, name) => sum + statSync(join(folder.path, name)).size, 0)).toBeLessThan(5000);

    spool.acknowledge('session-1', 3);
    await expect.poll(() => segments().length).toBeLessThan(5);
    for (const index of upTo(taken + 4, taken)) spool.append(entryOf(index));
    await spool.durable();
    expect((await readAll(spool)).map(indexOf)).toEqual(upTo(taken + 4, 12));
  });

  test('of its memory: refuses what the disk has not kept up with', async () => {
    const { spool } = await opened({ maxUnwrittenBytes: 1000 });
    const fill = () => {
      for (let index = 0; ; index++) spool.append(entryOf(index));
    };
    expect(fill).toThrow(expect.objectContaining({ code: 'SPOOL_FULL', retryable: true }));
    await spool.durable();
    spool.append(entryOf(9));
  });

  test.each([
    ['folder', { folder: '' }, TypeError],
    ['syncEveryMs', { syncEveryMs: -1 }, RangeError],
    ['maxBytes', { maxBytes: 1000 }, RangeError],
    ['segmentBytes', { segmentBytes: 0 }, RangeError],
  ])('are checked: %s', async (name, options, type) => {
    const failing = openFileSpool({ folder: folder.path, ...options });
    await expect(failing).rejects.toThrow(type);
    await expect(failing).rejects.toThrow(name);
  });
});

describe('the folder', () => {
  test('belongs to one spool at a time', async () => {
    const { spool } = await opened();
    const second = await opened().catch((error: unknown) => error);
    expect(codeOf(second)).toBe('DATA_DIR_LOCKED');
    await spool.close();
    await opened();
  });

  test('is made with its parents', async () => {
    const path = join(folder.path, 'not', 'there');
    const { spool } = await opened({ folder: path });
    await spool.durable(spool.append(entryOf(0)));
    expect(existsSync(join(path, 'mark'))).toBe(true);
  });

  test('that cannot be made is refused', async () => {
    const failing = opened({ folder: join(process.execPath, 'a-file-is-no-folder') });
    await expect(failing).rejects.toMatchObject({ code: 'DATA_DIR_UNUSABLE' });
  });
});

test('what was about to be removed when the process died is not given back', async () => {
  const { spool } = await opened({ segmentBytes: 2000 });
  for (const index of upTo(40)) spool.append(entryOf(index));
  await spool.durable();
  await spool.close();
  // The mark was moved on, as all before it was acknowledged, and neither that was written yet nor the files removed.
  const [, second] = segments().toSorted();
  const front = Number.parseInt(second!, 10);
  const mark = await SpoolMark.open(folder.path);
  await mark.write({ front, next: mark.found!.next });
  await mark.close();
  const again = await opened();
  const entries = await readAll(again.spool);
  expect(entries[0]?.position).toBe(front);
  expect(again.spool.depth().entries).toBe(entries.length);
  expect(again.damage).toEqual([]);
});

test('reading goes on undisturbed while what was read is acknowledged and removed', async () => {
  const { spool, damage } = await opened({ segmentBytes: 1500 });
  for (const index of upTo(200)) spool.append(entryOf(index));
  await spool.durable();
  const seen: number[] = [];
  for (let from = 0; ;) {
    const reading = spool.read({ from, maxBytes: 3000 });
    // In the middle of it.
    if (seen.length > 0) spool.acknowledge('session-1', entryOf(seen.at(-1)!).batch - 1);
    const entries = await reading;
    if (entries.length === 0) break;
    seen.push(...entries.map(indexOf));
    from = entries.at(-1)!.position + 1;
  }
  expect(seen).toEqual(upTo(200));
  await expect.poll(() => segments().length).toBeLessThan(4);
  expect(damage).toEqual([]);
});

test('entries that are acknowledged and removed while they are being read are no loss', async () => {
  const { spool, damage } = await opened({ segmentBytes: 500 });
  for (const index of upTo(40)) spool.append(entryOf(index));
  await spool.durable();
  const probe = await open(join(folder.path, 'probe'), 'w');
  const handles = Object.getPrototypeOf(probe) as { read: (...parameters: unknown[]) => Promise<unknown> };
  await probe.close();
  const { read } = handles;
  const held = vi.spyOn(handles, 'read').mockImplementationOnce(async function (this: unknown, ...parameters) {
    spool.acknowledge('session-1', 8);
    await expect.poll(() => segments().length).toBeLessThan(10);
    return read.apply(this, parameters);
  });
  const entries = await spool.read();
  held.mockRestore();
  expect(entries.map(indexOf)).toEqual(upTo(40, 32));
  expect(damage).toEqual([]);
});
