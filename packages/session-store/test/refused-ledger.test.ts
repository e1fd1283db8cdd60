// Batches that the database refuses for good: their rows of the ledger are entered where their records cannot be.
import { join } from 'node:path';
import { temporaryFolder } from '@trader/testkit';
import { afterAll, expect, test } from 'vitest';
import { createSessionStore, type SpoolRecovery, type StoreRecord } from '../src/index.ts';
import { delta } from './contract.ts';
import { newDatabase, sharedServer } from './databases.ts';
import { listen } from './listen.ts';

const end = { status: 'closed', reason: 'as planned', timeoutMs: 120_000 } as const;
const folder = temporaryFolder('session-store-refused-');
afterAll(() => folder.remove());

const hole: StoreRecord = {
  kind: 'gap',
  epoch: 1,
  sid: 1,
  firstSeq: 3,
  lastSeq: 4,
  fromAtMs: 1_785_901_540_000,
  toAtMs: 1_785_901_540_001,
  cause: 'sequence',
};

const refuse = async (url: string) =>
  sharedServer().execute(url, 'alter table delta_chunks add constraint no_beast check (not 666 = any(prices))');

const ledger = `select sid, first_seq, last_seq, cause from gap_records where sid is not null order by first_seq, last_seq`;

test('without a spool the close enters them, and names what was lost', async () => {
  const url = await newDatabase();
  await using store = await createSessionStore({ url, batch: { maxAgeMs: 10 } });
  await refuse(url);
  const session = await store.openSession({ recorder: 'desk' });
  for (const seq of [1, 2]) session.append(delta(seq));
  await session.flush();
  session.append(hole);
  session.append(delta(5, { price: 666 }));
  session.append(delta(6));
  await expect(session.flush()).rejects.toMatchObject({ code: 'RECORD_REFUSED' });
  expect(await session.close(end)).toMatchObject({ status: 'error', deltas: 2, gaps: 3 });
  expect(await store.query(ledger)).toEqual([
    { sid: 1, first_seq: 3, last_seq: 4, cause: 'sequence' },
    { sid: 1, first_seq: 3, last_seq: 6, cause: 'refused' },
  ]);
  expect((await store.verify(session.id)).ok).toBe(true);
});

test('with a spool they are entered when the records are set aside', async () => {
  const url = await newDatabase();
  const recoveries: SpoolRecovery[] = [];
  await using store = await createSessionStore({
    url,
    batch: { maxAgeMs: 10 },
    spool: { dir: join(folder.path, 'one'), durableWithinMs: 10 },
    on: listen({ onRecovery: (recovery) => recoveries.push(recovery) }),
  });
  await refuse(url);
  const session = await store.openSession({ recorder: 'desk' });
  for (const seq of [1, 2]) session.append(delta(seq));
  await session.flush();
  session.append(hole);
  session.append(delta(5, { price: 666 }));
  session.append(delta(6));
  await expect(session.flush()).rejects.toMatchObject({ code: 'RECORD_REFUSED' });
  expect(await session.close(end)).toMatchObject({ status: 'error', deltas: 2 });
  await expect.poll(() => recoveries).toMatchObject([{ outcome: 'set-aside', setAside: 2 }]);
  expect(await store.query(ledger)).toEqual([
    { sid: 1, first_seq: 3, last_seq: 4, cause: 'sequence' },
    { sid: 1, first_seq: 5, last_seq: 6, cause: 'set-aside' },
  ]);
  expect(await store.sessions()).toMatchObject([{ status: 'error', gaps: 2 }]);
  expect((await store.verify(session.id)).ok).toBe(true);
});

test('of what a dead process left they are entered too', async () => {
  const url = await newDatabase();
  const dir = join(folder.path, 'two');
  const lease = { durationMs: 1000, sweepEveryMs: 100 };
  // Nobody is there, so that all waits in the spool.
  const away = new URL(url);
  away.port = '1';
  const dead = await createSessionStore({ url: away.href, spool: { dir, durableWithinMs: 10 }, lease });
  const session = await dead.openSession({ recorder: 'desk' });
  for (const seq of [1, 2]) session.append(delta(seq));
  session.append(hole);
  session.append(delta(5, { price: 666 }));
  await session.durable();
  session.append(delta(6));
  await session.durable();
  await expect(session.close({ ...end, timeoutMs: 20 })).rejects.toMatchObject({ code: 'CLOSE_TIMEOUT' });
  await dead.close();
  await refuse(url);
  const recoveries: SpoolRecovery[] = [];
  const onRecovery = (recovery: SpoolRecovery) => void recoveries.push(recovery);
  await using store = await createSessionStore({ url, spool: { dir }, on: listen({ onRecovery }), lease });
  await expect.poll(() => recoveries).toMatchObject([{ outcome: 'recovered' }]);
  expect(await store.query(ledger)).toContainEqual({ sid: 1, first_seq: 3, last_seq: 4, cause: 'sequence' });
  const named = await store.query(`select first_seq, last_seq from gap_records where cause = 'refused'`);
  expect(named).toHaveLength(1);
  expect((await store.verify(session.id)).ok).toBe(true);
});
