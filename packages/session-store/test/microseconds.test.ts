// The exchange's time to the microsecond: what SQL, replays and files show of it, of chunks that have it, have it in part, or are
// of a version before.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '@trader/testkit';
import { sql } from 'drizzle-orm';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Run } from '../src/database/engines/engine.ts';
import { PostgresEngine } from '../src/database/engines/postgres-engine.ts';
import { createSessionStore, migrateSchema, type SessionStore } from '../src/index.ts';
import { systemRuntime } from '../src/runtime.ts';
import { askDuckdb } from './ask-duckdb.ts';
import { atMs, delta, snapshot } from './contract.ts';
import { newDatabase } from './databases.ts';
import { collect } from './reading-properties.ts';

const atUs = atMs * 1000;
/** A removal and an addition of one microsecond, a change of the next, one of a whole ms, one in ms alone, and one without a time. */
const records = [
  snapshot(1, { yes: [[4300, 50]] }),
  delta(2, { delta: -5, exchangeAtMs: atMs, exchangeAtUs: atUs + 528 }),
  delta(3, { delta: 5, exchangeAtMs: atMs, exchangeAtUs: atUs + 528 }),
  delta(4, { delta: 7, exchangeAtMs: atMs, exchangeAtUs: atUs + 529 }),
  delta(5, { delta: 8, exchangeAtMs: atMs + 1, exchangeAtUs: atUs + 1000 }),
  delta(6, { delta: 9, exchangeAtMs: atMs + 1 }),
  delta(7, { delta: 10, exchangeAtMs: null }),
];
const iso = (ms: number, digits: string) => new Date(ms).toISOString().replace(/\d{3}Z$/, `${digits}Z`);
const shown = [
  iso(atMs, '000528'),
  iso(atMs, '000528'),
  iso(atMs, '000529'),
  iso(atMs, '001000'),
  iso(atMs + 1, '001'),
];

const folder = temporaryFolder('session-store-microseconds-');
let url: string;
let store: SessionStore;
let session: string;

beforeAll(async () => {
  url = await newDatabase();
  store = await createSessionStore({ url, compaction: false });
  const recording = await store.openSession({ recorder: 'desk-1' });
  for (const record of records) recording.append(record);
  ({ id: session } = await recording.close({ status: 'closed', reason: 'test' }));
});
afterAll(async () => {
  await store?.close();
  folder.remove();
});

test.each(['fresh', 'compacted'])('a replay gives them back, and SQL shows them: %s', async (level) => {
  if (level === 'compacted') await store.compact();
  expect(await collect(store.replay(session))).toEqual(records);
  const rows = await store.query(
    `select to_char(exchange_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as text, exchange_at_us from deltas order by seq`,
  );
  expect(rows.map(({ text }) => text)).toEqual([...shown.slice(0, 4), iso(atMs, '001000'), null]);
  expect(rows.map((row) => row['exchange_at_us'])).toEqual([
    atUs + 528,
    atUs + 528,
    atUs + 529,
    atUs + 1000,
    null,
    null,
  ]);
  const [amendments] = await store.query(`
    select count(*)::int as count from (
      select delta, exchange_at_us, lag(exchange_at_us) over ordered as before_us, lag(delta) over ordered as before
      from deltas window ordered as (partition by session_id, epoch, sid, market order by seq)) as pairs
    where before < 0 and delta > 0 and before_us = exchange_at_us`);
  expect(amendments).toEqual({ count: 1 });
  expect(await store.verify(session)).toMatchObject({ ok: true });
});

describe('an export', () => {
  const exported = async (format: 'parquet' | 'csv' | 'jsonl') =>
    store.export({ format, what: 'deltas', folder: join(folder.path, format) });

  test('to Parquet has timestamps of microseconds, exactly', async () => {
    const { file } = await exported('parquet');
    const types = await askDuckdb(
      `select name, logical_type from parquet_schema('${file}') where name in ('exchange_at', 'received_at')`,
    );
    expect(types).toEqual([
      { name: 'exchange_at', logical_type: expect.stringMatching(/Timestamp.*MICROS/i) as string },
      { name: 'received_at', logical_type: expect.stringMatching(/Timestamp.*MILLIS/i) as string },
    ]);
    const rows = await askDuckdb(`select epoch_us(exchange_at)::varchar as us from '${file}' order by seq`);
    const us = [atUs + 528, atUs + 528, atUs + 529, atUs + 1000, atUs + 1000, null];
    expect(rows).toEqual(us.map((value) => ({ us: value === null ? null : String(value) })));
  });

  test('to text has six digits where they are known, and three where ms are', async () => {
    const jsonl = readFileSync((await exported('jsonl')).file, 'utf8')
      .trimEnd()
      .split('\n');
    expect(jsonl.map((line) => (JSON.parse(line) as { exchange_at: string | null }).exchange_at)).toEqual([
      ...shown,
      null,
    ]);
    const { file, packageFile } = await exported('csv');
    const csv = readFileSync(file, 'utf8').trimEnd().split('\r\n').slice(1);
    expect(csv.map((line) => line.split(',').at(-2))).toEqual([...shown, '']);
    const { resources } = JSON.parse(readFileSync(packageFile!, 'utf8')) as {
      resources: { schema: { fields: { name: string; type: string; description: string }[] } }[];
    };
    const field = resources[0]!.schema.fields.find(({ name }) => name === 'exchange_at');
    expect(field).toMatchObject({ type: 'datetime', description: expect.stringContaining('microsecond') as string });
    const [read] = await askDuckdb(`select epoch_us(exchange_at)::varchar as us from '${file}' where seq = 4`);
    expect(read).toEqual({ us: String(atUs + 529) });
  });
});

test.each([
  ['too few', 'micros[1:2]'],
  ['too many', `micros || '{1}'::smallint[]`],
  ['above a ms', 'array_append(micros[1:cardinality(micros) - 1], 1000::smallint)'],
  ['below none', 'array_prepend((-1)::smallint, micros[2:])'],
  ['of a delta without a time', 'array_append(micros[1:cardinality(micros) - 1], 5::smallint)'],
])('a chunk with microseconds that are %s is damaged, and verify says so', async (_, micros) => {
  await using own = await createSessionStore({ url: await newDatabase(), compaction: false });
  const recording = await own.openSession({ recorder: 'desk-1' });
  for (const record of records) recording.append(record);
  const { id } = await recording.close({ status: 'closed', reason: 'test' });
  const damaging = await own.query('select current_database()::text as name');
  const client = postgres(url.replace(/\/[^/?]*(\?|$)/, `/${String(damaging[0]!['name'])}$1`), { max: 1 });
  await client.unsafe(`update delta_chunks set micros = ${micros}`);
  await client.end();
  await expect(collect(own.replay(id))).rejects.toMatchObject({ code: 'QUERY_FAILED' });
  const { laws } = await own.verify(id);
  expect(laws.filter(({ ok }) => !ok).map(({ law }) => law)).toContain('readable');
});

test('rows of a version before are not rewritten, have ms alone, and are compacted with those that have more', async () => {
  const older = await newDatabase('empty');
  const engine = new PostgresEngine(older, 15_000, systemRuntime);
  const id = '00000000-0000-4000-8000-000000000001';
  await engine.transact(
    async (run: Run) => {
      const migrationsFolder = fileURLToPath(new URL('../migrations', import.meta.url));
      await run(sql`create table session_store_migrations (
        version bigint primary key, hash text not null, applied_at timestamptz not null default now())`);
      const added = readMigrationFiles({ migrationsFolder }).findIndex(({ sql: [first] }) => first!.includes('micros'));
      for (const { folderMillis, hash, sql: statements } of readMigrationFiles({ migrationsFolder }).slice(0, added)) {
        for (const statement of statements) await run(sql.raw(statement));
        await run(sql`insert into session_store_migrations values (${folderMillis}::bigint, ${hash})`);
      }
      const at = `timestamptz 'epoch' + ${atMs} * interval '1 millisecond'`;
      for (const statement of [
        `insert into recorders (name, created_at, messages, deltas) values ('r', now(), 4, 4)`,
        `insert into markets (ticker) values ('RAIN-TOMORROW')`,
        `insert into sessions (id, recorder, status, started_at, ended_at, end_reason, first_day, last_record_at, messages, deltas)
          values ('${id}', 'r', 'closed', ${at}, ${at}, 'x', '2026-01-01', ${at}, 4, 4)`,
        `insert into delta_chunks values
          ('${id}', 1, 1, 1, 2, 2, ${at}, '{0,0}', '{1,1}', '{t,t}', '{4300,4300}', '{1,2}', '{0,1}', '{12,null}')`,
        `insert into market_chunks values
          ('${id}', 1, 1, 1, 3, 3, 1, ${at}, '{0}', '{t}', '{4300}', '{3}', '{2}', '{12}')`,
      ])
        await run(sql.raw(statement));
    },
    { doing: 'The test', timeoutMs: 120_000 },
  );
  const files = async () =>
    engine.transact(
      async (run) =>
        run(sql`select relname::text as name, pg_relation_filenode(oid) as file from pg_class
          where relkind = 'r' and (relname like 'delta_chunks%' or relname like 'market_chunks%') order by 1`),
      { doing: 'The test', timeoutMs: 120_000 },
    );
  const before = await files();
  expect(before.length).toBeGreaterThanOrEqual(2);
  await migrateSchema({ url: older });
  expect(await files()).toEqual(before);

  const old = [
    delta(1, { delta: 1, exchangeAtMs: atMs - 12, receivedAtMs: atMs }),
    delta(2, { delta: 2, exchangeAtMs: null, receivedAtMs: atMs + 1 }),
    delta(3, { delta: 3, exchangeAtMs: atMs - 10, receivedAtMs: atMs + 2 }),
  ];
  await engine.transact(
    async (run) =>
      run(sql`insert into delta_chunks
        select session_id, epoch, sid, 4, 4, 1, received_at, '{0}', '{1}', '{t}', '{4300}', '{4}', '{3}', '{3}', '{7}'
        from delta_chunks`),
    { doing: 'The test', timeoutMs: 120_000 },
  );
  await engine.close();
  const later = delta(4, { delta: 4, exchangeAtMs: atMs, exchangeAtUs: atUs + 7, receivedAtMs: atMs + 3 });
  await using opened = await createSessionStore({ url: older, compaction: false });
  for (const level of ['fresh', 'compacted']) {
    if (level === 'compacted') await opened.compact();
    expect(await collect(opened.replay(id)), level).toEqual([...old, later]);
    const rows = await opened.query('select exchange_at, exchange_at_us from deltas order by seq');
    expect(rows).toEqual([
      { exchange_at: new Date(atMs - 12), exchange_at_us: null },
      { exchange_at: null, exchange_at_us: null },
      { exchange_at: new Date(atMs - 10), exchange_at_us: null },
      { exchange_at: new Date(atMs), exchange_at_us: atUs + 7 },
    ]);
  }
});
