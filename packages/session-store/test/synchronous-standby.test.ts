// A primary that answers a commit only when a standby has it. What is acknowledged here, or let go of by the spool, is on the
// standby, whatever the primary has on its own disk: that can be more, after a wait that was called off or a restart.
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { startPostgres, temporaryFolder, type TestPostgres } from '@trader/testkit';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSessionStore, migrateSchema, openReader, type SpoolRecovery, type StoreStatus } from '../src/index.ts';
import { delta } from './contract.ts';
import { startFaultyProxy, type FaultyProxy } from './faulty-proxy.ts';
import { listen } from './listen.ts';

/** Nothing is written but what a test writes. */
const calm = { lease: { durationMs: 600_000, sweepEveryMs: 600_000 }, compaction: false } as const;

const end = { status: 'closed', reason: 'as planned', timeoutMs: 120_000 } as const;

let primary: TestPostgres;
let standby: TestPostgres;
/** The standby's way to the primary. */
let link: FaultyProxy;
let onlooker: postgres.Sql;
beforeAll(async () => {
  primary = await startPostgres({ isSynced: false });
  await migrateSchema({ url: await primary.createDatabase('books') });
  link = await startFaultyProxy(primary.url);
  standby = await primary.standby({ through: Number(new URL(link.url).port), isSynchronous: true });
  onlooker = postgres(primary.url, { max: 1 });
});
afterAll(async () => {
  await onlooker?.end({ timeout: 1 });
  await standby?.stop();
  await link?.[Symbol.asyncDispose]();
  await primary?.stop();
});

const databaseAt = (server: TestPostgres) => new URL('/books', server.url).href;

/** Answers how many commits wait for the standby, having told them to wait no more if so wished. */
async function waiting(what: 'count' | 'cancel'): Promise<number> {
  const told = what === 'cancel' ? onlooker`pg_cancel_backend(pid)` : onlooker`true`;
  return (await onlooker`select ${told} from pg_stat_activity where wait_event = 'SyncRep'`).length;
}

const failing = (status: StoreStatus) =>
  status.state === 'failing' ? status.failures.map(({ source, error }) => [source, error.code]) : [];

const WAIT = { timeout: 60_000, interval: 100 };

test('a commit whose wait was called off is none yet: it is tried again until the standby has it', async () => {
  const statuses: StoreStatus[] = [];
  await using store = await createSessionStore({
    url: databaseAt(primary),
    ...calm,
    on: listen({ onStatus: (status) => statuses.push(status) }),
  });
  const session = await store.openSession({ recorder: 'desk' });
  link.mode = 'swallow';
  session.append(delta(1));
  const flushed = session.flush().then(() => 'flushed');
  await expect.poll(async () => waiting('cancel'), WAIT).toBe(1);
  await expect.poll(() => statuses, WAIT).toMatchObject([{ state: 'failing', error: { code: 'QUERY_TIMEOUT' } }]);
  expect(statuses[0]).toMatchObject({ error: { message: expect.stringContaining('standby') as string } });
  // And so is every further try.
  await expect.poll(async () => waiting('count'), WAIT).toBe(1);
  link.mode = 'pass';
  link.cut();
  expect(await flushed).toBe('flushed');
  await using reader = await openReader({ url: databaseAt(standby) });
  expect(await reader.sessions({ recorder: 'desk' })).toMatchObject([{ deltas: 1 }]);
  expect(await session.close(end)).toMatchObject({ deltas: 1 });
});

// The last, as the standby takes over.
test('a spool keeps what is over on the primary alone, and brings it in when the standby takes over without it', async () => {
  using folder = temporaryFolder('synchronous-standby-');
  await using door = await startFaultyProxy(databaseAt(primary));
  const spooling = (name: string) => ({ ...calm, spool: { dir: join(folder.path, name), durableWithinMs: 10 } });
  const first = await createSessionStore({ url: door.url, batch: { maxAgeMs: 1_000_000 }, ...spooling('first') });
  const session = await first.openSession({ recorder: 'spooling' });
  link.mode = 'swallow';
  session.append(delta(1));
  // The record and the end in one transaction.
  const closed = session.close(end).catch(() => undefined);
  await session.durable();
  await expect.poll(async () => waiting('count'), WAIT).toBe(1);
  // What a process leaves that dies now. The primary is restarted, and has on its own disk what nobody was told of.
  cpSync(join(folder.path, 'first'), join(folder.path, 'second'), { recursive: true });
  door.mode = 'end-at-start';
  door.cut();
  await primary.crash();
  await primary.start();
  const stored = async (server: TestPostgres) => {
    await using reader = await openReader({ url: databaseAt(server) });
    const sessions = await reader.sessions({ recorder: 'spooling' });
    return sessions;
  };
  expect(await stored(primary)).toMatchObject([{ status: 'closed', deltas: 1 }]);

  const statuses: StoreStatus[] = [];
  const onStatus = (status: StoreStatus) => void statuses.push(status);
  const recoveries: SpoolRecovery[] = [];
  const onRecovery = (recovery: SpoolRecovery) => void recoveries.push(recovery);
  const second = await createSessionStore({
    url: databaseAt(primary),
    queryTimeoutMs: 1000,
    on: listen({ onStatus }),
    ...spooling('second'),
  });
  await expect.poll(() => statuses.flatMap(failing), WAIT).toContainEqual(['recovery', 'QUERY_TIMEOUT']);
  expect(second.backlog().spooledBytes).toBeGreaterThan(0);
  await second.close();

  await primary.crash();
  await standby.execute(standby.url, 'select pg_promote()');
  expect(await stored(standby)).toMatchObject([{ status: 'active', deltas: 0 }]);
  const third = await createSessionStore({
    url: databaseAt(standby),
    on: listen({ onRecovery }),
    ...spooling('second'),
  });
  await expect.poll(() => recoveries, WAIT).toMatchObject([{ session: session.id, outcome: 'recovered', setAside: 0 }]);
  expect(await stored(standby)).toMatchObject([{ status: 'closed', endReason: 'as planned', deltas: 1 }]);
  await third.close();
  door.farPort = standby.port;
  door.mode = 'pass';
  await closed;
  await first.close();
});
