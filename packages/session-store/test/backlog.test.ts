// What a store says of itself to whoever operates it: what waits where, and what was written.
import { expect, test } from 'vitest';
import { createSessionStore, type SessionStoreTuning, type StoreWrite } from '../src/index.ts';
import { atMs, delta } from './contract.ts';
import { newDataDir } from './databases.ts';
import { listen } from './listen.ts';

/** A store that cuts no batch by itself, so that what is appended waits until the test flushes. */
const open = async (spool: SessionStoreTuning['spool']) => {
  const writes: StoreWrite[] = [];
  const store = await createSessionStore({
    dataDir: newDataDir(),
    batch: { maxAgeMs: 2 ** 31 - 1 },
    ...(spool !== undefined && { spool }),
    on: listen({ onWrite: (write) => writes.push(write) }),
  });
  return { store, writes };
};

test('a record waits in memory, then in the spool, then nowhere', async () => {
  const { store, writes } = await open({});
  await using _ = store;
  const spoolLimitBytes = 4 * 2 ** 30;
  expect(store.backlog()).toEqual({
    queuedRecords: 0,
    queuedBytes: 0,
    spooledRecords: 0,
    spooledBytes: 0,
    spoolLimitBytes,
    oldestAtMs: null,
  });
  expect(store.leaseLeftMs()).toBeNull();
  const sessions = await Promise.all(['a', 'b'].map(async (recorder) => store.openSession({ recorder })));
  for (const session of sessions) for (let seq = 1; seq <= 3; seq++) session.append(delta(seq));
  expect(store.backlog()).toMatchObject({
    queuedRecords: 6,
    queuedBytes: 540,
    spooledRecords: 0,
    oldestAtMs: atMs + 1,
  });

  expect(store.leaseLeftMs()).toBeGreaterThan(0);
  for (const session of sessions) await session.durable();
  const spooled = store.backlog();
  expect(spooled).toMatchObject({ queuedRecords: 0, queuedBytes: 0, spooledRecords: 6, oldestAtMs: atMs + 1 });
  expect(spooled.spooledBytes).toBeGreaterThan(0);

  await sessions[0]!.flush();
  expect(store.backlog()).toMatchObject({ queuedRecords: 0, spooledRecords: 3 });
  expect(writes).toEqual([{ records: 3, bytes: 270, lastRecordAtMs: atMs + 3, elapsedMs: expect.any(Number) }]);
  await sessions[1]!.close({ status: 'closed', reason: 'done' });
  expect(store.backlog()).toMatchObject({ queuedRecords: 0, queuedBytes: 0, spooledRecords: 0, oldestAtMs: null });
  expect(writes.map(({ records }) => records)).toEqual([3, 3]);
});

test('without a spool all of it waits in memory, and a session without records writes nothing', async () => {
  const { store, writes } = await open(false);
  await using _ = store;
  const session = await store.openSession({ recorder: 'a' });
  for (let seq = 1; seq <= 3; seq++) session.append(delta(seq));
  expect(store.backlog()).toEqual({
    queuedRecords: 3,
    queuedBytes: 270,
    spooledRecords: null,
    spooledBytes: null,
    spoolLimitBytes: null,
    oldestAtMs: atMs + 1,
  });
  await session.flush();
  expect(store.backlog()).toMatchObject({ queuedRecords: 0, queuedBytes: 0, oldestAtMs: null });
  await session.close({ status: 'closed', reason: 'done' });
  expect(writes.map(({ records }) => records)).toEqual([3]);
});

test('the age of what waits is that of its oldest record, also of one that came while others were being written', async () => {
  const { store } = await open(false);
  await using _ = store;
  const session = await store.openSession({ recorder: 'a', startedAtMs: atMs });
  expect(session.startedAtMs).toBe(atMs);
  session.append(delta(1));
  const flushed = session.flush();
  session.append(delta(2));
  expect(store.backlog().oldestAtMs).toBe(atMs + 1);
  await flushed;
  expect(store.backlog()).toMatchObject({ queuedRecords: 1, oldestAtMs: atMs + 2 });
});

test('a hole counts from when its end is known', async () => {
  const { store } = await open(false);
  await using _ = store;
  const session = await store.openSession({ recorder: 'a' });
  const hole = { kind: 'gap', epoch: 1, sid: 1, firstSeq: 1, lastSeq: 2, fromAtMs: atMs, toAtMs: atMs + 50 } as const;
  session.append({ ...hole, cause: 'sequence' });
  expect(store.backlog().oldestAtMs).toBe(atMs + 50);
});
