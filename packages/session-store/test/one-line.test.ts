// A recorder that several processes take turns with: its sessions continue each other in one line, whoever remembers what.
import postgres from 'postgres';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Run } from '../src/database/engines/engine.ts';
import { createSessionStore, type SessionStore, type StoreStatus } from '../src/index.ts';
import { enterSession, openSession } from '../src/ownership/open-session.ts';
import { listen } from './listen.ts';
import { newDatabase, onPostgres } from './databases.ts';

const closed = { status: 'closed', reason: 'test' } as const;
let url: string;
let sql: postgres.Sql;
let stores: SessionStore[] = [];

beforeEach(async () => {
  url = await newDatabase();
  sql = postgres(url, { max: 2, onnotice: () => undefined });
});
afterEach(async () => {
  await Promise.all(stores.map(async (store) => store.close().catch(() => undefined)));
  stores = [];
  await sql.end({ timeout: 1 });
});

const opened = async () => {
  const store = await createSessionStore({ url });
  stores.push(store);
  return store;
};
/** As a sweep does it that finds its lease run out. */
const isReclaimed = async (id: string) => sql`
  update sessions set status = 'reclaimed', ended_at = now(), end_reason = 'owner gone', lease_until = null where id = ${id}`;
const continues = async () =>
  new Map(
    (await sql`select id, continues from sessions`).map((row) => [row['id'] as string, row['continues'] as unknown]),
  );
const transact = async (work: (run: Run) => Promise<unknown>) => {
  const engine = await onPostgres.engine({ url });
  await engine.transact(work, { doing: 'Testing' });
  await engine.close();
};
const forks = async () =>
  sql`select continues from sessions where continues is not null group by 1 having count(*) > 1`;

test('whoever comes back continues the one that took over, and not the one that it remembers', async () => {
  const [one, other] = [await opened(), await opened()];
  const first = await one.openSession({ recorder: 'desk' });
  await isReclaimed(first.id);
  const second = await other.openSession({ recorder: 'desk' });
  expect(second.predecessor?.id).toBe(first.id);
  await second.close(closed);
  const third = await one.openSession({ recorder: 'desk', continues: first.id });
  expect(third.predecessor).toMatchObject({ id: second.id, endedAtMs: expect.any(Number) as number });
  expect(await continues()).toEqual(
    new Map([
      [first.id, null],
      [second.id, first.id],
      [third.id, second.id],
    ]),
  );
});

test('at the same time, from the same one: one of them does', async () => {
  const [one, other] = [await opened(), await opened()];
  const first = await one.openSession({ recorder: 'desk' });
  await first.close(closed);
  const open = async (store: SessionStore, recorder: string) => store.openSession({ recorder, continues: first.id });
  const both = await Promise.allSettled([open(one, 'desk'), open(other, 'desk')]);
  expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  expect(await forks()).toEqual([]);
});

test('a session of a spool that is entered late continues what nobody has gone on from', async () => {
  const [one, other] = [await opened(), await opened()];
  const first = await one.openSession({ recorder: 'desk' });
  await isReclaimed(first.id);
  const second = await other.openSession({ recorder: 'desk' });
  const late = crypto.randomUUID();
  const beginning = { recorder: 'desk', startedAtMs: Date.now(), continues: first.id };
  await transact(async (run) => enterSession(run, late, beginning, 'found'));
  expect(await forks()).toEqual([]);
  expect((await continues()).get(late)).not.toBe(first.id);
  await second.close(closed);
});

test('an opening that is repeated, as its answer was lost, keeps what it continues', async () => {
  const first = await (await opened()).openSession({ recorder: 'desk' });
  await isReclaimed(first.id);
  const beginning = { id: crypto.randomUUID(), recorder: 'desk', startedAtMs: Date.now() };
  const opening = { ...beginning, owner: 'somebody', leaseMs: 60_000, alive: [], recount: true };
  for (let tries = 0; tries < 2; tries++) await transact(async (run) => openSession(run, opening));
  expect((await continues()).get(opening.id)).toBe(first.id);
});

test('whoever lost its session fails no more once the database has answered that another one has the recorder', async () => {
  const statuses: StoreStatus['state'][] = [];
  const onStatus = ({ state }: StoreStatus) => void statuses.push(state);
  const store = await createSessionStore({ url, lease: { durationMs: 1000 }, on: listen({ onStatus }) });
  stores.push(store);
  const session = await store.openSession({ recorder: 'desk' });
  await isReclaimed(session.id);
  await (await opened()).openSession({ recorder: 'desk' });
  await session.ended;
  expect(statuses).toEqual(['failing']);
  await expect(store.openSession({ recorder: 'desk' })).rejects.toMatchObject({ code: 'RECORDER_BUSY' });
  expect(statuses).toEqual(['failing', 'writing']);
});

test('a busy recorder says who has it, unless that is the one who asks', async () => {
  const [one, other] = [await opened(), await opened()];
  const session = await one.openSession({ recorder: 'desk' });
  const holder = { sessionId: session.id, owner: expect.stringContaining(`/${process.pid}/`) as string };
  await expect(other.openSession({ recorder: 'desk' })).rejects.toMatchObject({ code: 'RECORDER_BUSY', holder });
  await expect(one.openSession({ recorder: 'desk' })).rejects.toMatchObject({
    code: 'RECORDER_BUSY',
    holder: undefined,
  });
});
