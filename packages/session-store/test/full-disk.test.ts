// An embedded store on a disk that fills up under it: a tmpfs of 160 MiB, which takes the right to mount.
import { join } from 'node:path';
import { SmallDisk } from '@trader/testkit';
import { describe, expect, test, vi } from 'vitest';
import { PgliteEngine } from '../src/database/engines/pglite-engine.ts';
import { createSessionStore, type StoreStatus } from '../src/index.ts';
import { systemRuntime } from '../src/runtime.ts';
import { appendNext, type Progress } from './crash-records.ts';
import { newDataDir } from './databases.ts';
import { listen } from './listen.ts';

const MiB = 2 ** 20;
const WAIT = { timeout: 60_000, interval: 20 };

const missing = SmallDisk.refusal();
const newDisk = () => SmallDisk.mount(160 * MiB) as SmallDisk;

const failures = (statuses: readonly StoreStatus[]) =>
  statuses.flatMap((status) =>
    status.state === 'failing' ? status.failures.map(({ source, error }) => `${source} ${error.code}`) : [],
  );

describe.skipIf(missing)(`on a full disk${missing ? ` (skipped: ${missing})` : ''}`, () => {
  test('an embedded database that finds no room is ended, and opens anew with all that was committed', async () => {
    using disk = newDisk();
    // It is told that there is room, so it goes on until there is none.
    const engine = await PgliteEngine.open(
      newDataDir('empty', join(disk.path, 'database')),
      60_000,
      systemRuntime,
      async () => Infinity,
    );
    const run = async (text: string, timeoutMs = 60_000) =>
      engine.transact(async (run) => run({ text, parameters: [] }), { doing: 'The statement', timeoutMs });
    await run('create table filled (n int)');
    disk.fill(20 * MiB);
    const rows = 5000;
    let committed = 0;
    let turns = 0;
    const turning = setInterval(() => turns++, 1);
    // What hangs spins in its thread until then, and is the only one that has to be short: some twenty times what the others take.
    const insert = async (timeoutMs = 1000) =>
      run(`insert into filled select generate_series(1, ${rows})`, timeoutMs).then(() => committed++);
    const failure = await vi.waitUntil(
      async () =>
        insert().then(
          () => null,
          (error: unknown) => error,
        ),
      WAIT,
    );
    clearInterval(turning);
    expect(failure).toMatchObject({ name: 'SessionStoreError', retryable: true });
    expect(turns, 'turns of the main thread meanwhile').toBeGreaterThan(100);
    await expect(insert(), 'while there is no room').rejects.toMatchObject({ retryable: true });

    disk.clear();
    const [row] = await run('select count(*) as rows from filled');
    expect(row).toEqual({ rows: committed * rows });
    await insert(60_000);
    await engine.close();
  });

  test.each([
    { place: 'elsewhere', left: 8 },
    { place: 'elsewhere', left: 0 },
    { place: 'on the same disk', left: 0 },
  ])(
    'of which $left MiB are left, a recording goes on once there is room, with a spool $place: each number is stored or in the ledger',
    async ({ place, left }) => {
      using disk = newDisk();
      const statuses: StoreStatus[] = [];
      await using store = await createSessionStore({
        dataDir: newDataDir('migrated', join(disk.path, 'db')),
        spool: place === 'elsewhere' ? { dir: join(newDataDir(), 'spool') } : {},
        whenFull: 'shed',
        queue: { highWaterRecords: 5_000 },
        batch: { maxAgeMs: 50 },
        on: listen({ onStatus: (status) => statuses.push(status) }),
      });
      const session = await store.openSession({ recorder: 'desk' });
      const progress: Progress = { session: session.id, deltas: 0, trades: 0, raw: 0 };
      const record = setInterval(() => appendNext(session, progress, 100, () => 0.5), 10);
      try {
        await expect.poll(async () => store.query('select count(*) as n from deltas'), WAIT).not.toEqual([{ n: 0 }]);
        disk.fill(left * MiB);
        await expect.poll(() => failures(statuses), WAIT).toContain('database DATABASE_OVERLOADED');
        // To read takes no room, but a database that came to find none in the middle of a write has ended.
        const listed = store.sessions().then(
          ({ length }) => length,
          ({ code }: { code: string }) => code,
        );
        expect([1, left === 0 && 'DATABASE_OVERLOADED']).toContain(await listed);
        disk.clear();
        await expect.poll(() => statuses.at(-1), WAIT).toEqual({ state: 'writing' });
        const { deltas } = progress;
        await expect
          .poll(async () => store.query(`select max(seq) > ${deltas} as later from deltas`), WAIT)
          .toEqual([{ later: true }]);
      } finally {
        clearInterval(record);
      }
      const { shed, deltas, snapshots } = await session.close({
        status: 'closed',
        reason: 'the test is over',
        timeoutMs: 120_000,
      });
      expect(deltas + snapshots + shed).toBe(progress.deltas);
      expect(shed).toBeLessThanOrEqual(place === 'elsewhere' ? 0 : Infinity);
      expect(await store.verify(session.id)).toMatchObject({ ok: true });
    },
  );
});
