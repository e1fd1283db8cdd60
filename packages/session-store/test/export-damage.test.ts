// An export of several sessions of which one cannot be read whole: the others are exported, and what is missing is told.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@trader/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSessionStore, SessionStoreError, type ExportDamage } from '../src/index.ts';
import { PgliteEngine } from '../src/database/engines/pglite-engine.ts';
import { exportRecords } from '../src/export/export-records.ts';
import { systemRuntime } from '../src/runtime.ts';
import { Reader } from '../src/reading/reader.ts';
import type { Read } from '../src/reading/read.ts';
import { delta, snapshot } from './contract.ts';
import { newDataDir } from './databases.ts';

const folder = temporaryFolder('session-store-export-damage-');
const ids: string[] = [];
let engine: PgliteEngine;
/** Which statements fail. */
let fails: (text: string) => SessionStoreError | null = () => null;
let reader: Reader;

beforeAll(async () => {
  const dataDir = newDataDir();
  const store = await createSessionStore({ dataDir, compaction: false });
  for (let index = 0; index < 3; index++) {
    const session = await store.openSession({ recorder: `desk-${index}` });
    for (const record of [snapshot(1), delta(2), delta(3)]) session.append(record);
    ids.push((await session.close({ status: 'closed', reason: 'test' })).id);
  }
  await store.close();
  engine = await PgliteEngine.open(dataDir, 15_000, systemRuntime);
  const read: Read = async (query, doing) => {
    const error = fails(JSON.stringify(query));
    if (error) throw error;
    return engine.transact(async (run) => run(query), { doing, readOnly: true });
  };
  reader = new Reader(read, systemRuntime);
});
afterAll(async () => {
  await engine?.close();
  folder.remove();
});

async function exported(onDamage?: (damage: ExportDamage) => void) {
  const result = await exportRecords(reader, {
    format: 'csv',
    what: 'deltas',
    folder: join(folder.path, 'out'),
    ...(onDamage && { onDamage }),
  });
  const rows = readFileSync(result.file, 'utf8').trim().split('\n').slice(1);
  return ids.map((id) => rows.filter((row) => row.includes(id)).length);
}

/** Statements that read the deltas of the second session. */
const failing = (error: SessionStoreError) => (text: string) =>
  text.includes('delta_chunks') && text.includes(ids[1]!) ? error : null;

test('a session at which a statement fails is told, and the others are exported', async () => {
  fails = failing(new SessionStoreError('QUERY_FAILED', 'invalid page in block 7'));
  const damage: ExportDamage[] = [];
  expect(await exported((each) => damage.push(each))).toEqual([2, 0, 2]);
  expect(damage).toEqual([{ session: ids[1], problem: 'invalid page in block 7' }]);
  // Whoever does not ask for it gets all or nothing.
  await expect(exported()).rejects.toMatchObject({ code: 'QUERY_FAILED' });
});

test('a database that is away ends it all the same', async () => {
  fails = failing(new SessionStoreError('DATABASE_UNREACHABLE', 'away'));
  await expect(exported(() => undefined)).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE' });
});

test('a chunk that cannot be read is left out and told', async () => {
  fails = () => null;
  const text = 'update delta_chunks set prices = prices[1:1] where session_id = $1';
  await engine.transact(async (run) => run({ text, parameters: [ids[1]!] }), { doing: 'Damaging' });
  const damage: ExportDamage[] = [];
  expect(await exported((each) => damage.push(each))).toEqual([2, 0, 2]);
  expect(damage).toMatchObject([{ session: ids[1], problem: expect.stringContaining('a chunk of deltas') as string }]);
});
