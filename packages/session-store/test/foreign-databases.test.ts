// Databases that others have made, set and filled: other isolation, other encodings, other tables, other schemas, fewer rights.
import postgres from 'postgres';
import { describe, expect, test } from 'vitest';
import { createSessionStore, migrateSchema, openReader, schemaState, type SessionStore } from '../src/index.ts';
import { PostgresEngine } from '../src/database/engines/postgres-engine.ts';
import { Partitions } from '../src/partitions/partitions.ts';
import { systemRuntime } from '../src/runtime.ts';
import { checkServer } from '../src/check-database.ts';
import { delta, snapshot } from './contract.ts';
import { newDatabase, sharedServer, whenFinished, type Content } from './databases.ts';
import { listen } from './listen.ts';

const end = { status: 'closed', reason: 'as planned', timeoutMs: 120_000 } as const;

/** A database, and a way to change it behind the store's back. */
async function database(content?: Content) {
  const url = await newDatabase(content);
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  whenFinished(async () => sql.end({ timeout: 1 }));
  const name = new URL(url).pathname.slice(1);
  return { url, name, sql, set: async (setting: string) => sql.unsafe(`alter database "${name}" set ${setting}`) };
}

const relations = async (sql: postgres.Sql, schema: string) =>
  (
    await sql<{ name: string }[]>`
      select relname::text as name from pg_class where relnamespace = ${schema}::text::regnamespace order by 1`
  ).map(({ name }) => name);

async function record(store: SessionStore, recorder: string, deltas = 3) {
  const session = await store.openSession({ recorder });
  session.append(snapshot(1));
  for (let seq = 2; seq < deltas + 2; seq++) session.append(delta(seq));
  await session.flush();
  await store.compact();
  const row = await session.close(end);
  expect(row).toMatchObject({ status: 'closed', deltas });
  expect(await store.verify(session.id)).toMatchObject({ ok: true });
  return session.id;
}

describe('a database that is set otherwise', () => {
  test.each([
    [`default_transaction_isolation to 'serializable'`, 'default_transaction_deferrable to on'],
    [
      `default_transaction_isolation to 'repeatable read'`,
      'default_transaction_read_only to on',
      'lock_timeout to 1',
      'array_nulls to off',
      'standard_conforming_strings to off',
      `intervalstyle to 'iso_8601'`,
    ],
  ])('%s: several stores start and record at once', async (...settings) => {
    const { url, set } = await database('empty');
    for (const setting of settings) await set(setting);
    const stores = await Promise.all([1, 2, 3].map(async () => createSessionStore({ url })));
    await Promise.all(stores.slice(0, 2).map(async (store, index) => record(store, `desk-${index}`)));
    // All of one recorder: one opens it, and the others are told who has it.
    const opened = await Promise.allSettled(stores.map(async (store) => store.openSession({ recorder: 'desk' })));
    expect(opened.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(
      opened.flatMap((each) => (each.status === 'rejected' ? [(each.reason as { code: string }).code] : [])),
    ).toEqual([1, 2].map(() => 'RECORDER_BUSY'));
    await Promise.all(stores.map(async (store) => store.close()));
  });
});

describe('a database that is not UTF-8', () => {
  test.each(['LATIN1', 'SQL_ASCII'])('(%s) is refused before anything is made in it', async (encoding) => {
    const server = sharedServer();
    const name = `of_${encoding.toLowerCase()}`;
    await server.execute(server.url, `create database ${name} encoding '${encoding}' template template0 locale 'C'`);
    whenFinished(async () => server.execute(server.url, `drop database ${name} with (force)`));
    const url = new URL(`/${name}`, server.url).href;
    const opening = createSessionStore({ url });
    await expect(opening).rejects.toMatchObject({ code: 'DATABASE_UNUSABLE', retryable: false });
    await expect(opening).rejects.toThrow(new RegExp(`encoded in ${encoding}.* encoding 'UTF8'`));
    const sql = postgres(url, { max: 1 });
    expect(await relations(sql, 'public')).toEqual([]);
    await sql.end({ timeout: 1 });
  });
});

test('a server that is too old is refused', async () => {
  const old = { encoding: 'UTF8', version: 130_023, called: '13.23' };
  await expect(checkServer(async () => [old])).rejects.toMatchObject({ code: 'DATABASE_UNUSABLE' });
});

describe("a database with somebody else's tables", () => {
  test.each([
    [
      'sessions',
      'create table sessions (sid varchar primary key, sess json not null, expire timestamp(6))',
      /sid, sess, expire/,
    ],
    ['trades', 'create view trades as select 1 as one', /view trades .* postgres with the columns one/],
  ])('%s of theirs is named, and the way out', async (_what, statement, message) => {
    const { url, sql } = await database('empty');
    await sql.unsafe(statement);
    const before = await relations(sql, 'public');
    const opening = createSessionStore({ url });
    await expect(opening).rejects.toMatchObject({ code: 'DATABASE_UNUSABLE', retryable: false });
    await expect(opening).rejects.toThrow(message);
    await expect(opening).rejects.toThrow(/option schema/);
    expect(await relations(sql, 'public')).toEqual(before);
    // And that way is one.
    await (await createSessionStore({ url, schema: 'books' })).close();
    expect(await relations(sql, 'public')).toEqual(before);
  });
});

describe('a schema of its own', () => {
  test.each(['My "odd" schema, 1'])('(%s) has all that there is, and public nothing', async (schema) => {
    const { url, sql } = await database('empty');
    await using store = await createSessionStore({ url, schema });
    const id = await record(store, 'desk');
    expect(await store.query('select count(*)::int as n from deltas')).toEqual([{ n: 3 }]);
    await using reader = await openReader({ url, schema });
    expect(await reader.sessions()).toMatchObject([{ id }]);
    expect(await schemaState({ url, schema })).toMatchObject({ version: expect.any(Number) as number });
    expect(await relations(sql, 'public')).toEqual([]);
    const quoted = `"${schema.replaceAll('"', '""')}"`;
    // Views lead to their own tables, whatever the search path of the one who asks.
    const [row] = await sql.unsafe<{ n: number }[]>(`select count(*)::int as n from ${quoted}.deltas`);
    expect(row).toEqual({ n: 3 });
    expect((await relations(sql, quoted)).some((name) => /^delta_chunks_\d{8}$/.test(name))).toBe(true);
  });

  test('is found by the URL, too, and the option comes first', async () => {
    const { url, sql } = await database('empty');
    await (await createSessionStore({ url: `${url}?schema=by_url` })).close();
    await (await createSessionStore({ url: `${url}?schema=by_url`, schema: 'by_option' })).close();
    for (const schema of ['by_url', 'by_option']) expect(await relations(sql, schema)).toContain('sessions');
  });

  test('over a borrowed postgres.js', async () => {
    const { url, sql: other } = await database('empty');
    const sql = postgres(url, { max: 5, onnotice: () => undefined });
    const store = await createSessionStore({ sql, schema: 'books' });
    await record(store, 'desk');
    await store.close();
    // It is as it was.
    expect(await sql`show search_path`).toEqual([{ search_path: '"$user", public' }]);
    expect(await relations(other, 'public')).toEqual([]);
    await sql.end({ timeout: 1 });
  });

  test('and another one in the same database do not see each other, nor do their locks', async () => {
    const { url, sql } = await database('empty');
    const opening = ['one', undefined].map(async (schema) =>
      createSessionStore({ url, ...(schema !== undefined && { schema }) }),
    );
    const stores = await Promise.all(opening);
    await Promise.all(stores.map(async (store) => record(store, 'desk')));
    for (const store of stores) expect(await store.sessions()).toHaveLength(1);
    // The lock that the other one's compaction would wait for.
    const held = await sql.begin(async (transaction) => {
      await transaction`select pg_advisory_xact_lock(7402118658)`;
      return stores[0]!.compact().then(() => true);
    });
    expect(held).toBe(true);
    await Promise.all(stores.map(async (store) => store.close()));
  });

  test.each(['', 'a\0b', 'x'.repeat(64), 'ü'.repeat(32), 'pg_books', 'information_schema', '\ud800'])(
    'is not called %j',
    async (schema) => {
      await expect(createSessionStore({ url: 'postgres://127.0.0.1:1/x', schema })).rejects.toThrow(/^schema must/);
    },
  );

  test('is not for an embedded database', async () => {
    await expect(createSessionStore({ dataDir: 'nowhere', schema: 'books' })).rejects.toThrow(TypeError);
  });
});

describe('a role of few rights', () => {
  /** A role that may connect, and whatever else is granted to it. */
  async function roleIn(url: string, grants: readonly string[]) {
    const role = `r_${new URL(url).pathname.slice(1).replaceAll('-', '_')}`;
    const server = sharedServer();
    for (const statement of [`create role ${role} login`, ...grants.map((grant) => grant.replaceAll('ROLE', role))])
      await server.execute(url, statement);
    whenFinished(async () => {
      await server.execute(url, `drop owned by ${role}`);
      await server.execute(url, `drop role ${role}`);
    });
    const own = new URL(url);
    own.username = role;
    return { role, url: own.href };
  }

  const enough = [
    'grant usage on schema public to ROLE',
    'grant select, insert, update, delete on all tables in schema public to ROLE',
  ];

  test('is told what it lacks to make the tables', async () => {
    const { url: made } = await database('empty');
    const { role, url } = await roleIn(made, []);
    const opening = createSessionStore({ url });
    await expect(opening).rejects.toMatchObject({ code: 'DATABASE_REFUSED', sqlState: '42501' });
    await expect(opening).rejects.toThrow(`grant usage, create on schema public to ${role}`);
    const inOne = createSessionStore({ url, schema: 'books' });
    await expect(inOne).rejects.toThrow(new RegExp(`grant create on database .* to ${role}`));
  });

  test('makes a schema if it may, or uses one that is there', async () => {
    const { url: made, name } = await database('empty');
    const { url } = await roleIn(made, [`grant create on database "${name}" to ROLE`]);
    await using store = await createSessionStore({ url, schema: 'books' });
    expect(await store.sessions()).toEqual([]);
  });

  test('records once another role has made the tables', async () => {
    const { url: made } = await database();
    await migrateSchema({ url: made });
    const { url } = await roleIn(made, enough);
    const failures: string[] = [];
    await using store = await createSessionStore({
      url,
      lease: { durationMs: 400, sweepEveryMs: 20 },
      on: listen({ onMaintenanceFailure: ({ job, error }) => void failures.push(`${job}: ${error.code}`) }),
    });
    // A day without a partition lies in the default one.
    await record(store, 'desk');
    // Whatever a busy machine does to a lease's time.
    expect(failures.filter((failure) => failure.endsWith('DATABASE_REFUSED'))).toEqual([]);
    // Those ahead are for the owner to make.
    const engine = new PostgresEngine(url, 15_000, systemRuntime);
    const ahead = new Partitions(engine).createAhead();
    await expect(ahead).rejects.toMatchObject({ code: 'DATABASE_REFUSED', sqlState: '42501' });
    await expect(ahead).rejects.toThrow(/made by their owner, or by a role that is granted to this one/);
    await engine.close();
    await using reader = await openReader({ url });
    expect(await reader.sessions()).toHaveLength(1);
  });

  test('is told which right it lacks on the tables', async () => {
    const { url: made } = await database();
    const { url } = await roleIn(made, enough.slice(0, 1));
    const opening = createSessionStore({ url });
    await expect(opening).rejects.toMatchObject({ code: 'DATABASE_REFUSED' });
    await expect(opening).rejects.toThrow(/permission denied for table .* select, insert, update and delete/);
  });

  test('only reads, if that is what it may', async () => {
    const { url: made } = await database();
    const { url } = await roleIn(made, [
      'grant usage on schema public to ROLE',
      'grant select on all tables in schema public to ROLE',
    ]);
    await using reader = await openReader({ url });
    expect(await reader.sessions()).toEqual([]);
  });
});
