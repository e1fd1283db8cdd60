// A disk that has no room, or that fails. The full disk is one of 256 KiB, which takes the right to mount; elsewhere the
// quota of `maxBytes` is what stands for it (spool.test.ts).
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { ManualRuntime, SmallDisk, temporaryFolder, type TemporaryFolder } from '@trader/testkit';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Spool } from '../src/spool/spool.ts';
import { entryOf, indexOf, openReporting, readAll } from './spool-entries.ts';

const disk = SmallDisk.mount(256 * 1024);
const missing = typeof disk === 'string' ? disk : null;
afterAll(() => {
  if (typeof disk !== 'string') disk[Symbol.dispose]();
});

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);
const title = 'a full disk refuses new entries, keeps what it took, and works again when there is room';

describe('a disk', () => {
  let folder: TemporaryFolder;
  let spool: Spool | null = null;
  beforeEach(() => void (folder = temporaryFolder('spool-failing-')));
  afterEach(async () => {
    vi.restoreAllMocks();
    await spool?.close();
    spool = null;
    folder.remove();
  });

  test.skipIf(missing)(missing ? `${title} (skipped: ${missing})` : title, async () => {
    const { path } = disk as SmallDisk;
    const runtime = new ManualRuntime();
    const other = join(path, 'of-somebody-else');
    writeFileSync(other, new Uint8Array(100_000));
    const options = { folder: join(path, 'spool'), segmentBytes: 50_000, runtime };
    const opened = await openReporting(options);
    let taken = 0;
    let failure: unknown = null;
    while (!failure) {
      try {
        opened.spool.append(entryOf(taken, { bytes: 3000 }));
        taken++;
        await opened.spool.durable();
      } catch (error) {
        failure = error;
      }
    }
    expect(failure).toMatchObject({ code: 'SPOOL_FULL', retryable: true });
    expect(() => opened.spool.append(entryOf(taken))).toThrow(expect.objectContaining({ code: 'SPOOL_FULL' }));
    await expect(opened.spool.durable()).rejects.toMatchObject({ code: 'SPOOL_FULL' });
    expect(taken).toBeGreaterThan(30);

    rmSync(other);
    runtime.advance(1000);
    await expect.poll(async () => (await readAll(opened.spool)).length).toBe(taken);
    opened.spool.append(entryOf(taken++, { bytes: 3000 }));
    await opened.spool.durable();
    await opened.spool.close();

    const again = await openReporting(options);
    expect((await readAll(again.spool)).map(indexOf)).toEqual(upTo(taken));
    expect(again.damage).toEqual([]);

    // Full again, and this time it is the database that makes room.
    for (failure = null; !failure; taken++) {
      again.spool.append(entryOf(taken, { bytes: 3000 }));
      failure = await again.spool.durable().catch((error: unknown) => error);
    }
    again.spool.acknowledge('session-1', entryOf(taken - 1).batch);
    await expect
      .poll(async () =>
        again.spool.durable().then(
          () => 'durable',
          () => 'full',
        ),
      )
      .toBe('durable');
    again.spool.append(entryOf(taken, { bytes: 3000 }));
    await again.spool.durable();
    expect((await readAll(again.spool)).map(indexOf)).toEqual(taken % 4 === 0 ? [taken] : []);
    await again.spool.close();
  });

  test.each(['write', 'datasync'] as const)(
    'that fails a %s: what it was to keep is kept all the same, in order, once',
    async (operation) => {
      const runtime = new ManualRuntime();
      const opened = await openReporting({ folder: folder.path, runtime });
      spool = opened.spool;
      for (const index of upTo(10)) spool.append(entryOf(index));
      await spool.durable();

      const handle = await open(join(folder.path, 'probe'), 'w');
      const failing = vi.spyOn(Object.getPrototypeOf(handle) as typeof handle, operation);
      failing.mockRejectedValueOnce(Object.assign(new Error('i/o error'), { code: 'EIO' }));
      await handle.close();
      const file = join(
        folder.path,
        readdirSync(folder.path).find((name) => name.endsWith('.segment'))!,
      );
      const safe = readFileSync(file);
      const position = spool.append(entryOf(10));
      await expect(spool.durable(position)).rejects.toMatchObject({ code: 'SPOOL_FAILED', retryable: true });
      // What such a disk may do with what it did not sync.
      const unsafe = readFileSync(file).fill(0, safe.length);
      writeFileSync(file, Buffer.concat([safe, unsafe.subarray(safe.length)]));
      expect(() => spool!.append(entryOf(11))).toThrow(expect.objectContaining({ code: 'SPOOL_FAILED' }));

      runtime.advance(1000);
      await expect
        .poll(async () =>
          spool!.durable().then(
            () => 'durable',
            () => 'failed',
          ),
        )
        .toBe('durable');
      spool.append(entryOf(11));
      await spool.durable();
      expect((await readAll(spool)).map(indexOf)).toEqual(upTo(12));
      await spool.close();
      const again = await openReporting({ folder: folder.path });
      spool = again.spool;
      expect((await readAll(spool)).map(indexOf)).toEqual(upTo(12));
      expect(again.damage).toEqual([]);
    },
  );

  test('that cannot read a file at the start: what was in it is named, the rest is there', async () => {
    const filled = await openReporting({ folder: folder.path, segmentBytes: 1500 });
    const positions = upTo(20).map((index) => filled.spool.append(entryOf(index)));
    await filled.spool.close();
    const handle = await open(join(folder.path, 'probe'), 'w');
    const failing = vi.spyOn(Object.getPrototypeOf(handle) as typeof handle, 'readFile');
    failing.mockRejectedValueOnce(Object.assign(new Error('i/o error'), { code: 'EIO' }));
    await handle.close();
    const opened = await openReporting({ folder: folder.path });
    spool = opened.spool;
    const found = (await readAll(spool)).map(({ position }) => position);
    const lost = positions.length - found.length;
    expect(lost).toBeGreaterThan(2);
    expect(found).toEqual(positions.slice(lost));
    expect(opened.damage).toMatchObject([{ reason: 'damaged', firstPosition: 1, lastPosition: positions[lost - 1] }]);
  });

  test('that fails for good is said so when closing', async () => {
    const opened = await openReporting({ folder: folder.path, runtime: new ManualRuntime() });
    const handle = await open(join(folder.path, 'probe'), 'w');
    const failing = vi.spyOn(Object.getPrototypeOf(handle) as typeof handle, 'datasync');
    failing.mockRejectedValue(Object.assign(new Error('i/o error'), { code: 'EIO' }));
    await handle.close();
    opened.spool.append(entryOf(0));
    await expect(opened.spool.close()).rejects.toMatchObject({ code: 'SPOOL_FAILED' });
    vi.restoreAllMocks();
    // It has let go of the folder all the same.
    await (await openReporting({ folder: folder.path })).spool.close();
  });
});
