// Who owns a session, and what becomes of it when the owner is gone: a part of the contract.
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { OwnedSession } from '../src/ownership/owned-session.ts';
import type { SessionStore, SessionStoreError } from '../src/index.ts';
import type { Engine, Row, Run } from '../src/database/engines/engine.ts';
import { systemRuntime } from '../src/runtime.ts';
import { LeaseKeeper } from '../src/ownership/lease-keeper.ts';
import { MarketIds } from '../src/batch/writing/market-ids.ts';
import { migrate } from '../src/migrate.ts';
import { Partitions } from '../src/partitions/partitions.ts';
import { adoptSession, finishAdoption } from '../src/ownership/adopt-session.ts';
import { reclaimSession } from '../src/ownership/reclaim-session.ts';
import { SessionTransactions } from '../src/batch/writing/session-transactions.ts';
import { atMs, batchesOf, delta, gap, openBelow, raw, type ContractEngine } from './contract.ts';
import { ReusedStore } from './reused-store.ts';
import { newBed, type TestBed } from './test-bed.ts';

const shippedMigrations = fileURLToPath(new URL('../migrations', import.meta.url));
const lease = { durationMs: 600, renewalsPerLease: 3, sweepEveryMs: 20 };
/** Each renewal has the time until the next one. */
const keptLease = { durationMs: 2000, renewalsPerLease: 3, sweepEveryMs: 20 };
const closed = { status: 'closed', reason: 'test' } as const;

export function ownershipContract(name: string, given: ContractEngine): void {
  describe(`a recorder on ${name}`, () => {
    let bed: TestBed;
    let store: SessionStore;
    const stores = new ReusedStore(async (tuning) => bed.store(tuning), { lease });

    beforeAll(async () => void (bed = await newBed(given)));
    afterAll(async () => {
      await stores.close();
      await bed?.done();
    });

    const opened = async () => void (store = await stores.open());

    /** A session that some process opened and left behind. */
    const orphan = async (recorder: string) => {
      await stores.close();
      const engine = await bed.engine();
      const { id } = await openBelow(engine, { id: randomUUID(), recorder }, 1);
      await engine.close();
      return id;
    };

    const latest = async (recorder: string) => (await store.sessions({ recorder, limit: 1 }))[0]!;

    test('has one active session, and whoever wants another is told whose it is', async () => {
      await opened();
      const session = await store.openSession({ recorder: 'one' });
      const refused = await store.openSession({ recorder: 'one' }).catch((error: unknown) => error);
      expect(refused).toMatchObject({ code: 'RECORDER_BUSY', retryable: true });
      expect((refused as Error).message).toMatch(/"one" is at work in .+\/2.+Z\/\w+ \(session .+ until 2/);
      expect((refused as Error).message).toContain(`/${process.pid}/`);
      await (await store.openSession({ recorder: 'another' })).close(closed);
      await session.close(closed);
      await (await store.openSession({ recorder: 'one' })).close(closed);
    });

    test('has one of those that are opened at once, and the others are refused', async () => {
      await opened();
      const openings = Array.from({ length: 4 }, async () => store.openSession({ recorder: 'wanted' }));
      const results = await Promise.allSettled(openings);
      const refusals = results.filter((result) => result.status === 'rejected').map(({ reason }) => reason as unknown);
      expect(refusals).toEqual(Array.from({ length: 3 }, () => expect.objectContaining({ code: 'RECORDER_BUSY' })));
      expect(await store.sessions({ recorder: 'wanted' })).toMatchObject([{ status: 'active' }]);
    });

    test('keeps a session in which nothing happens, for much longer than a lease', async () => {
      await opened();
      const session = await store.openSession({ recorder: 'quiet' });
      const until = async () => {
        const [row] = await store.query('select lease_until from sessions where id = $1', [session.id]);
        return (row!['lease_until'] as Date).getTime();
      };
      const first = await until();
      await expect.poll(until).toBeGreaterThan(first + 3 * lease.durationMs);
      expect(await session.close(closed)).toMatchObject({ status: 'closed' });
    });

    test('whose process is gone has its session closed, with nobody opening another', async () => {
      const id = await orphan('gone');
      await opened();
      await expect.poll(async () => latest('gone')).toMatchObject({ id, status: 'reclaimed' });
      const { endReason, endedAtMs, startedAtMs } = await latest('gone');
      expect(endReason).toMatch(/^owner gone: .*the test/);
      // It has no records, so all that is known of it is that it began.
      expect(endedAtMs).toBe(startedAtMs);
    });

    test('takes over from the session that it was cut off in, unless told otherwise', async () => {
      const first = await orphan('cut');
      await opened();
      await expect.poll(async () => latest('cut')).toMatchObject({ id: first, status: 'reclaimed' });
      await (await store.openSession({ recorder: 'cut' })).close(closed);
      expect(await latest('cut')).toMatchObject({ continues: first });
      // The latest one ended as it should.
      await (await store.openSession({ recorder: 'cut' })).close(closed);
      expect(await latest('cut')).toMatchObject({ continues: null });

      const second = await orphan('cut');
      await opened();
      await expect.poll(async () => latest('cut')).toMatchObject({ id: second, status: 'reclaimed' });
      await (await store.openSession({ recorder: 'cut', continues: null })).close(closed);
      expect(await latest('cut')).toMatchObject({ continues: null });
    });
  });

  test(`sessions from before there were leases are closed on ${name}, as nobody can tell whether they have an owner`, async () => {
    const engine = await given.engine(await given.location('empty'));
    const statement = async (text: string) =>
      engine.transact(async (run) => run({ text, parameters: [] }), { doing: 'Testing' });
    const [tables, views] = readMigrationFiles({ migrationsFolder: shippedMigrations });
    for (const { sql } of [tables!, views!]) for (const text of sql) await statement(text);
    await statement(
      'create table session_store_migrations (version bigint primary key, hash text, applied_at timestamptz)',
    );
    await statement(`insert into session_store_migrations values (${views!.folderMillis}, 'x', now())`);
    await statement(`insert into recorders (name, created_at) values ('r', now())`);
    await statement(`
      insert into sessions (id, recorder, started_at, last_record_at) values
        (gen_random_uuid(), 'r', 'epoch', null), (gen_random_uuid(), 'r', 'epoch', '2026-01-01T00:00Z')`);
    await migrate(engine, 15_000);
    expect(await statement('select status, end_reason, ended_at, lease_until from sessions order by ordinal')).toEqual(
      [new Date(0), new Date('2026-01-01T00:00Z')].map((endedAt) => ({
        status: 'reclaimed',
        end_reason: 'opened by a version without leases',
        ended_at: endedAt,
        lease_until: null,
      })),
    );
    await engine.close();
  });

  describe(`an owned session on ${name}`, () => {
    let bed: TestBed;
    let engine: Engine;
    let session: OwnedSession;
    let writes: SessionTransactions;

    beforeAll(async () => {
      bed = await newBed(given);
      engine = await bed.engine();
    });
    afterAll(async () => {
      await engine?.close();
      await bed?.done();
    });
    beforeEach(async () => {
      session = await openBelow(engine, { id: randomUUID(), recorder: randomUUID() });
      writes = writesOf(session);
    });

    const writesOf = (owned: OwnedSession) =>
      new SessionTransactions(engine, new MarketIds(engine), new Partitions(engine), owned, 60_000);
    const keeperOf = () =>
      new LeaseKeeper(engine, { lease: keptLease, runtime: systemRuntime, onMaintenanceFailure: () => undefined });
    const transact = async <T>(work: (run: Run) => Promise<T>) => engine.transact(work, { doing: 'Testing' });
    const run = async (text: string, ...parameters: unknown[]) => transact(async (run) => run({ text, parameters }));
    const change = async (assignment: string) => run(`update sessions set ${assignment} where id = $1`, session.id);
    const row = async () => (await run('select * from sessions where id = $1', session.id))[0]!;
    const lifetime = async () => (await run('select * from recorders where name = $1', session.recorder))[0]!;
    const stored = async () => {
      const rows = await run('select seq from deltas where session_id = $1 order by seq', session.id);
      return rows.map(({ seq }) => seq);
    };
    const reclaim = async () =>
      transact(async (run) => reclaimSession(run, session.id, { reason: 'owner gone', recount: true }));
    const adopt = async (over: object = {}) =>
      transact(async (run) => adoptSession(run, { ...session, owner: 'another', leaseMs: 60_000, ...over }));

    test('is the only active one of its recorder, says the database itself', async () => {
      const second = `
        insert into sessions (id, recorder, started_at, owner, lease_until) values (gen_random_uuid(), $1, now(), 'x', now())`;
      await expect(run(second, session.recorder)).rejects.toMatchObject({ sqlState: '23505' });
      await change(`status = 'closed', ended_at = now(), end_reason = 'test', lease_until = null`);
      await run(second, session.recorder);
    });

    test('cannot be active without an owner', async () => {
      await expect(change('lease_until = null')).rejects.toMatchObject({ sqlState: '23514' });
      await expect(change('owner = null')).rejects.toMatchObject({ sqlState: '23514' });
    });

    test('is not given to another while its process knows it to be alive, however late that is with renewals', async () => {
      await change(`lease_until = now() - interval '1 hour'`);
      const another = async (alive: readonly string[]) =>
        openBelow(engine, { id: randomUUID(), recorder: session.recorder }, 1, alive);
      await expect(another([session.id])).rejects.toMatchObject({ code: 'RECORDER_BUSY' });
      expect(await row()).toMatchObject({ status: 'active' });
      await another([]);
      expect(await row()).toMatchObject({ status: 'reclaimed' });
    });

    test('is not written by an owner of the past, whose late write changes nothing', async () => {
      const [first, second] = batchesOf([delta(1)], [delta(2), gap()]);
      await writes.write(first!);
      await change('fencing_token = fencing_token + 1');
      const before = [await row(), await lifetime(), await stored()];
      await expect(writes.write(second!)).rejects.toMatchObject({ code: 'SESSION_FENCED', retryable: false });
      await expect(writes.end(second!, { ...closed, endedAtMs: atMs }, 1)).rejects.toMatchObject({
        code: 'SESSION_FENCED',
      });
      expect([await row(), await lifetime(), await stored()]).toEqual(before);
    });

    test('goes on after its lease has run out, as long as nobody has taken it, and has one again', async () => {
      const [batch] = batchesOf([delta(1)]);
      await change(`lease_until = now() - interval '1 hour'`);
      await writes.write(batch!);
      const [lease] = await run(
        'select lease_until > clock_timestamp() as runs from sessions where id = $1',
        session.id,
      );
      expect(lease).toEqual({ runs: true });
    });

    test('has its lease renewed after that, too', async () => {
      const keeper = keeperOf();
      const lost = vi.fn<(error: SessionStoreError) => void>();
      keeper.hold(session, lost);
      await change(`lease_until = now() - interval '1 hour'`);
      const runs = async () =>
        (await run('select lease_until > clock_timestamp() as r from sessions where id = $1', session.id))[0];
      await expect.poll(runs).toEqual({ r: true });
      await keeper.stop();
      expect(lost).not.toHaveBeenCalled();
    });

    test.each([
      ['taken', 'fencing_token = fencing_token + 1', 'SESSION_FENCED'],
      ['reclaimed', `status = 'reclaimed', ended_at = now(), end_reason = 'x', lease_until = null`, 'SESSION_FENCED'],
      ['ended by hand', `status = 'closed', ended_at = now(), end_reason = 'x'`, 'SESSION_CLOSED'],
    ])('that was %s is found out by the next renewal, once, while its neighbours are renewed', async (_, how, code) => {
      const neighbour = await openBelow(engine, { id: randomUUID(), recorder: randomUUID() });
      const keeper = keeperOf();
      const lost = vi.fn<(error: SessionStoreError) => void>();
      keeper.hold(session, lost);
      keeper.hold(neighbour, () => expect.unreachable());
      await change(how);
      await expect.poll(() => lost.mock.calls).toEqual([[expect.objectContaining({ code })]]);
      const until = async () => {
        const [row] = await run('select lease_until from sessions where id = $1', neighbour.id);
        return (row!['lease_until'] as Date).getTime();
      };
      const then = await until();
      await expect.poll(until).toBeGreaterThan(then);
      await keeper.stop();
      expect(lost).toHaveBeenCalledTimes(1);
    });

    test('stores a batch once, also when its rows have been moved elsewhere since', async () => {
      const [batch] = batchesOf([delta(1), delta(2)]);
      await writes.write(batch!);
      await run('delete from delta_chunks where session_id = $1', session.id);
      await writes.write(batch!);
      expect(await stored()).toEqual([]);
      expect(await row()).toMatchObject({ deltas: 2, last_batch: 1 });
    });

    test('does not go on where the database has lost a batch that it had', async () => {
      const [first, second, third] = batchesOf([delta(1)], [delta(2)], [delta(3)]);
      await writes.write(first!);
      await writes.write(second!);
      await change('last_batch = 1');
      const diverged = { code: 'SESSION_DIVERGED', retryable: false };
      await expect(writes.write(third!)).rejects.toMatchObject(diverged);
      await expect(writes.end(null, { ...closed, endedAtMs: atMs }, 2)).rejects.toMatchObject(diverged);
      expect(await stored()).toEqual([1, 2]);
    });

    describe('that is reclaimed', () => {
      test('ends at its last record, with the counters that it had', async () => {
        const [batch] = batchesOf([delta(1), delta(2), raw(), gap()]);
        await writes.write(batch!);
        const before = [await row(), await lifetime()];
        const reclaimed = await reclaim();
        expect(reclaimed).toEqual({
          ...before[0],
          status: 'reclaimed',
          end_reason: 'owner gone',
          ended_at: new Date(atMs + 2),
          lease_until: null,
        });
        expect(await lifetime()).toEqual(before[1]);
      });

      test('has its counters put right by what is stored, the lifetime ones upwards only', async () => {
        const [batch] = batchesOf([delta(1), delta(2), raw(), gap()]);
        await writes.write(batch!);
        await change('deltas = 1, raw = 5, last_record_at = null');
        await run('update recorders set deltas = 1, raw = 5 where name = $1', session.recorder);
        expect(await reclaim()).toMatchObject({
          deltas: 2,
          raw: 1,
          messages: 3,
          ended_at: new Date(atMs + 1),
          end_reason: 'owner gone; counters: deltas 1 -> 2, raw 5 -> 1',
        });
        expect(await lifetime()).toMatchObject({ deltas: 2, raw: 5, messages: 3 });
      });

      test('keeps the counters of what has expired of it', async () => {
        const [batch] = batchesOf([delta(1), delta(2)]);
        await writes.write(batch!);
        await run('delete from delta_chunks where session_id = $1', session.id);
        await run(`insert into expirations values ($1, now(), now(), now(), 0, 2, 0, 0)`, session.id);
        expect(await reclaim()).toMatchObject({ deltas: 2, end_reason: 'owner gone', ended_at: new Date(atMs + 2) });
      });
    });

    describe('that is adopted', () => {
      const adopted = (by: { readonly fencingToken: number }): OwnedSession => ({
        ...session,
        fencingToken: by.fencingToken,
        status: 'reclaimed',
      });

      test('takes the records that its owner left, and ends again as reclaimed', async () => {
        const [first, second] = batchesOf([delta(1)], [delta(2), delta(3)]);
        await writes.write(first!);
        await reclaim();
        const adoption = (await adopt())!;
        expect(adoption).toEqual({ fencingToken: 2, lastBatch: 1, status: 'reclaimed' });
        await writesOf(adopted(adoption)).write(first!);
        await writesOf(adopted(adoption)).write(second!);
        const finished = await transact(async (run) => finishAdoption(run, adopted(adoption)));
        expect(finished).toMatchObject({
          status: 'reclaimed',
          end_reason: 'owner gone',
          ended_at: new Date(atMs + 3),
          deltas: 3,
          lease_until: null,
          last_batch: 2,
        });
        expect(await stored()).toEqual([1, 2, 3]);
        expect(await lifetime()).toMatchObject({ deltas: 3 });
        expect(await transact(async (run) => finishAdoption(run, adopted(adoption)))).toEqual(finished);
        await expect(writesOf(adopted(adoption)).write(second!)).rejects.toMatchObject({ code: 'SESSION_FENCED' });
      });

      test('is not written by its first owner, nor by whoever adopted it before', async () => {
        await reclaim();
        const first = (await adopt())!;
        await change(`lease_until = now() - interval '1 hour'`);
        const second = (await adopt({ leaseMs: 1, owner: 'a third' }))!;
        expect(second.fencingToken).toBe(first.fencingToken + 1);
        const [batch] = batchesOf([delta(1)]);
        for (const late of [writes, writesOf(adopted(first))]) {
          await expect(late.write(batch!)).rejects.toMatchObject({ code: 'SESSION_FENCED' });
        }
        await writesOf(adopted(second)).write(batch!);
        await expect(transact(async (run) => finishAdoption(run, adopted(first)))).rejects.toMatchObject({
          code: 'SESSION_FENCED',
        });
      });

      test('was reclaimed first, if its lease had run out', async () => {
        await change(`lease_until = now() - interval '1 hour'`);
        expect(await adopt({ leaseMs: 1 })).toEqual({ fencingToken: 2, lastBatch: 0, status: 'reclaimed' });
        expect(await row()).toMatchObject({ status: 'reclaimed', owner: 'another' });
      });

      test.each<[string, string, object]>([
        ['its owner lives', 'last_batch = 0', {}],
        ['it was closed', `status = 'closed', ended_at = now(), end_reason = 'x', lease_until = null`, {}],
        ['it is of another recorder', 'last_batch = 0', { recorder: 'somebody else' }],
        ['it does not exist', 'last_batch = 0', { id: randomUUID() }],
      ])('cannot be where %s', async (_, how, over) => {
        await change(how);
        const before = await row();
        expect(await adopt(over)).toBeNull();
        expect(await row()).toEqual(before);
      });

      test('cannot be adopted by two at once', async () => {
        await reclaim();
        const both = await Promise.all([adopt({ owner: 'one' }), adopt({ owner: 'other' })]);
        expect(both.filter((result: Row | null) => result !== null)).toHaveLength(1);
      });
    });
  });
}
