// A primary and a standby that replicates it: which of them is asked, and what is done with the one that will not do.
import { readdirSync } from 'node:fs';
import { startPostgres, temporaryFolder, type TestPostgres } from '@trader/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createSessionStore,
  migrateSchema,
  openReader,
  type SessionReader,
  type SessionStoreTuning,
  type StoreRecord,
  type StoreStatus,
} from '../src/index.ts';
import { atMs, delta, snapshot } from './contract.ts';
import { startFaultyProxy } from './faulty-proxy.ts';
import { listen } from './listen.ts';

let primary: TestPostgres;
let standby: TestPostgres;
beforeAll(async () => {
  primary = await startPostgres({ isSynced: false });
  await migrateSchema({ url: await primary.createDatabase('books') });
  standby = await primary.standby();
});
afterAll(async () => {
  await standby?.stop();
  await primary?.stop();
});

/** The database on both, the one that is named first being asked first. */
const both = (one: TestPostgres, other: TestPostgres, attributes?: string, name = 'books') =>
  `postgres://postgres@127.0.0.1:${one.port},127.0.0.1:${other.port}/${name}` +
  (attributes === undefined ? '' : `?target_session_attrs=${attributes}`);

const databaseAt = (server: TestPostgres, name = 'books') => new URL(`/${name}`, server.url).href;

const isStandby = async (reader: SessionReader) =>
  (await reader.query('select pg_is_in_recovery() as standby'))[0]?.['standby'];

const end = { status: 'closed', reason: 'as planned', timeoutMs: 120_000 } as const;

/** A store whose changes of status are kept, and a session of it. */
async function recording(recorder: string, url: string, options: SessionStoreTuning = {}) {
  const statuses: StoreStatus[] = [];
  const onStatus = (status: StoreStatus) => void statuses.push(status);
  const store = await createSessionStore({ url, batch: { maxAgeMs: 1_000_000 }, on: listen({ onStatus }), ...options });
  return { store, session: await store.openSession({ recorder }), statuses };
}

describe('a recorder', () => {
  test('is told of a server that it is a standby, and may try again', async () => {
    const opening = createSessionStore({ url: databaseAt(standby) });
    await expect(opening).rejects.toMatchObject({ code: 'DATABASE_REFUSED', retryable: true });
    await expect(opening).rejects.toThrow(/is a standby, where nothing can be written/);
  });

  test('that meets a standby once lets go of it, and writes as soon as the address leads to the primary', async () => {
    await using proxy = await startFaultyProxy(databaseAt(primary));
    const { store, session, statuses } = await recording('met-once', proxy.url);
    proxy.farPort = standby.port;
    proxy.cut();
    session.append(delta(1));
    const flushed = session.flush();
    await expect.poll(() => statuses.at(-1), { timeout: 30_000 }).toMatchObject({ state: 'failing' });
    const met = proxy.connections();
    await expect.poll(() => proxy.connections(), { timeout: 30_000 }).toBeGreaterThan(met);
    // What is connected to the standby stays so.
    proxy.farPort = primary.port;
    await flushed;
    expect(await session.close(end)).toMatchObject({ deltas: 1 });
    await store.close();
  });

  test.each([undefined, 'any', 'read-write', 'primary', 'prefer-standby'])(
    'finds the primary among hosts (target_session_attrs: %s)',
    async (attributes) => {
      const { store, session } = await recording(`finds-${attributes}`, both(standby, primary, attributes));
      session.append(delta(1));
      expect(await session.close(end)).toMatchObject({ deltas: 1 });
      // And reads where it writes.
      expect(await isStandby(store)).toBe(false);
      await store.close();
    },
  );

  test.each(['standby', 'read-only'])('refuses to ask for a server of the kind %s', async (attributes) => {
    const opening = createSessionStore({ url: both(primary, standby, attributes) });
    await expect(opening).rejects.toMatchObject({ code: 'DATABASE_REFUSED', retryable: false });
    await expect(opening).rejects.toThrow(`target_session_attrs=${attributes}`);
  });

  test('is told which hosts were tried when all are away', async () => {
    const opening = createSessionStore({ url: 'postgres://127.0.0.1:1,127.0.0.1:2/books' });
    await expect(opening).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE', retryable: true });
    await expect(opening).rejects.toThrow(/127\.0\.0\.1:1: .*; 127\.0\.0\.1:2: /);
  });

  test('is told what each host is when none of them is the primary', async () => {
    const opening = createSessionStore({ url: both(standby, { ...standby, port: 1 }) });
    await expect(opening).rejects.toMatchObject({ code: 'DATABASE_REFUSED', retryable: true });
    await expect(opening).rejects.toThrow(new RegExp(`${standby.port} is a standby; 127.0.0.1:1: `));
  });

  test('goes on with the next host when one hangs', async () => {
    await using proxy = await startFaultyProxy(databaseAt(standby));
    proxy.mode = 'swallow';
    const hanging = { ...standby, port: Number(new URL(proxy.url).port) };
    const { store, session } = await recording('hanging', both(hanging, primary), { queryTimeoutMs: 4000 });
    session.append(delta(1));
    expect(await session.close(end)).toMatchObject({ deltas: 1 });
    await store.close();
  });
});

describe('a reader', () => {
  test.each([
    ['standby', true],
    ['prefer-standby', true],
    ['read-only', true],
    ['primary', false],
    ['read-write', false],
  ])('asks a server of the kind %s, whichever stands first', async (attributes, expected) => {
    for (const url of [both(primary, standby, attributes), both(standby, primary, attributes)]) {
      await using reader = await openReader({ url });
      expect(await isStandby(reader)).toBe(expected);
    }
  });

  test('takes the first that answers, and prefers a standby only if there is one', async () => {
    const nobody = { ...standby, port: 1 };
    await using first = await openReader({ url: both(nobody, standby) });
    expect(await isStandby(first)).toBe(true);
    await using alone = await openReader({ url: both(nobody, primary, 'prefer-standby') });
    expect(await isStandby(alone)).toBe(false);
  });

  test('finds on a standby all that it could ask of a primary', async () => {
    const { store, session } = await recording('read-there', databaseAt(primary));
    session.append(snapshot(1));
    session.append(delta(2));
    await session.close(end);
    await store.compact();
    await store.close();
    await using reader = await openReader({ url: databaseAt(standby) });
    const counted = async () => (await reader.sessions({ recorder: 'read-there' }))[0];
    await expect.poll(counted, { timeout: 30_000 }).toMatchObject({ status: 'closed', deltas: 1 });
    await expect
      .poll(async () => reader.query('select seq from deltas where session_id = $1', [session.id]), { timeout: 30_000 })
      .toEqual([{ seq: 2 }]);
    const replayed: StoreRecord[] = [];
    for await (const record of reader.replay(session.id)) replayed.push(record);
    expect(replayed).toHaveLength(2);
    expect(await reader.verify(session.id)).toMatchObject({ ok: true });
    expect(await reader.bookAt('RAIN-TOMORROW', atMs + 2)).toMatchObject({ synced: true });
    expect(await reader.coverage('RAIN-TOMORROW', atMs, atMs + 10)).not.toEqual([]);
    using folder = temporaryFolder();
    await reader.export({ format: 'csv', what: 'deltas', folder: folder.path, sessions: [session.id] });
    expect(readdirSync(folder.path)).toContain('deltas.csv');
  });

  test('finds no tables, and makes none', async () => {
    const url = await primary.createDatabase('bare');
    await expect(openReader({ url })).rejects.toMatchObject({ code: 'SCHEMA_TOO_OLD', retryable: false });
    await expect(openReader({ url })).rejects.toThrow(/no tables/);
  });
});

// The last, as it leaves two primaries.
test('a failover, and a recorder that knows both hosts: nothing that was appended is lost', async () => {
  const url = both(primary, standby);
  const { store, session, statuses } = await recording('failover', url);
  session.append(delta(1));
  await session.flush();
  await using behind = await openReader({ url: databaseAt(standby) });
  const stored = async () => (await behind.sessions({ recorder: 'failover' }))[0];
  await expect.poll(stored, { timeout: 30_000 }).toMatchObject({ deltas: 1 });
  await primary.halt();
  session.append(delta(2));
  const flushed = session.flush();
  await expect
    .poll(() => statuses.at(-1), { timeout: 30_000 })
    .toMatchObject({
      state: 'failing',
      error: { code: expect.stringMatching(/^DATABASE_(?:UNREACHABLE|REFUSED)$/) as string },
    });
  await standby.execute(standby.url, 'select pg_promote()');
  await flushed;
  expect(await session.close(end)).toMatchObject({ status: 'closed', deltas: 2 });
  expect(await stored()).toMatchObject({ deltas: 2 });
  await store.close();
});
