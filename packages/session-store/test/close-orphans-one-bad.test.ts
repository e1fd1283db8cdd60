// An orphan that cannot be ended: it keeps none of the others from being ended, in this sweep and in the next ones.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createSessionStore } from '../src/index.ts';
import { PgliteEngine } from '../src/database/engines/pglite-engine.ts';
import { systemRuntime } from '../src/runtime.ts';
import { closeAllActive, closeOrphans } from '../src/ownership/close-orphans.ts';
import { newDataDir } from './databases.ts';

const ids: string[] = [];
let engine: PgliteEngine;

const run = async (text: string) =>
  engine.transact(async (each) => each({ text, parameters: [] }), { doing: 'Testing' });
const statuses = async () => {
  const rows = await run('select id, status from sessions order by ordinal');
  return rows.map((row) => row['status']);
};

beforeAll(async () => {
  const dataDir = newDataDir();
  const store = await createSessionStore({ dataDir });
  for (let index = 0; index < 4; index++) {
    const session = await store.openSession({ recorder: `desk-${index}` });
    ids.push((await session.close({ status: 'closed', reason: 'test' })).id);
  }
  await store.close();
  engine = await PgliteEngine.open(dataDir, 15_000, systemRuntime);
  // The first that is looked at, so that nothing comes before it.
  await run(`
    create function refuse() returns trigger language plpgsql as $$ begin raise exception 'this row is stuck'; end $$`);
  await run(`
    create trigger stuck before update on sessions for each row
    when (old.id = '${ids[0]}' and new.status = 'reclaimed') execute function refuse()`);
});
afterAll(async () => engine?.close());
beforeEach(async () => {
  await run(`
    update sessions set status = 'active', ended_at = null, end_reason = null, owner = 'gone',
      lease_until = now() - interval '1 hour' * (10 - ordinal)`);
});

test('a sweep ends the others, and says why it could not end that one', async () => {
  const sweep = async () => closeOrphans(engine, 1, () => []);
  await expect(sweep()).rejects.toThrow('this row is stuck');
  expect(await statuses()).toEqual(['active', 'reclaimed', 'reclaimed', 'reclaimed']);
  await run(`update sessions set status = 'active', ended_at = null, end_reason = null, owner = 'gone',
    lease_until = now() - interval '1 hour' where id = '${ids[3]}'`);
  await expect(sweep()).rejects.toThrow('this row is stuck');
  expect(await statuses()).toEqual(['active', 'reclaimed', 'reclaimed', 'reclaimed']);
});

test('a folder is opened although it holds that one, with the others ended', async () => {
  await closeAllActive(engine);
  expect(await statuses()).toEqual(['active', 'reclaimed', 'reclaimed', 'reclaimed']);
});
