// A postgres.js instance that belongs to somebody else, as the third way to the database.
import postgres from 'postgres';
import { afterAll, describe, expect, test } from 'vitest';
import { createSessionStore, type BorrowedSql } from '../src/index.ts';
import { BorrowedEngine } from '../src/database/engines/borrowed-engine.ts';
import { systemRuntime } from '../src/runtime.ts';
import { delta, sessionStoreContract, type ContractEngine } from './contract.ts';
import { newDatabase, whenFinished, type Content } from './databases.ts';
import { ownershipContract } from './ownership-contract.ts';
import { viewProperties } from './view-properties.ts';

const lent: postgres.Sql[] = [];

const lend = async (options: postgres.Options<Record<string, postgres.PostgresType>> = {}, content?: Content) => {
  const sql = postgres(await newDatabase(content), { max: 5, onnotice: () => undefined, ...options });
  lent.push(sql);
  whenFinished(async () => sql.end({ timeout: 1 }));
  return sql;
};

afterAll(async () => Promise.all(lent.map(async (sql) => sql.end({ timeout: 1 }))));

const borrowed: ContractEngine = {
  location: async (content) => ({ sql: await lend({}, content) }),
  engine: async (location) => BorrowedEngine.open((location as { sql: BorrowedSql }).sql, 15_000, systemRuntime),
};

sessionStoreContract('a borrowed postgres.js', borrowed);
ownershipContract('a borrowed postgres.js', borrowed);
viewProperties('a borrowed postgres.js', borrowed, 10);

describe('a borrowed postgres.js', () => {
  test('is open, and as it was, when the store is closed', async () => {
    const sql = await lend();
    const before = await sql`show datestyle`;
    const store = await createSessionStore({ sql });
    await store.openSession({ recorder: 'guest' });
    await store.close();
    expect(await sql`select status, messages from sessions`).toEqual([{ status: 'closed', messages: '0' }]);
    for (let connection = 0; connection < 5; connection++) expect(await sql`show datestyle`).toEqual(before);
  });

  test('may understand numbers and times in its own way', async () => {
    const sql = await lend({
      types: {
        bigint: postgres.BigInt,
        date: { to: 1184, from: [1082, 1114, 1184], serialize: String, parse: (text: string) => text },
      },
      connection: { DateStyle: 'German', TimeZone: 'Asia/Kolkata' },
    });
    const store = await createSessionStore({ sql });
    const session = await store.openSession({ recorder: 'guest' });
    session.append(delta(1));
    await session.flush();
    expect(await store.query('select seq, received_at from deltas')).toEqual([
      { seq: 1, received_at: new Date(1_785_901_540_001) },
    ]);
    const row = await session.close({ status: 'closed', reason: 'test' });
    expect(row).toMatchObject({ deltas: 1, lastRecordAtMs: 1_785_901_540_001 });
    await store.close();
    expect(await sql`select messages from sessions`).toEqual([{ messages: 1n }]);
  });

  test('is refused when it renames columns, changes values, has too few connections, or is none', async () => {
    const renaming = await lend({ transform: postgres.camel });
    await expect(createSessionStore({ sql: renaming })).rejects.toThrow(TypeError);
    const changing = await lend({ transform: { value: (value: unknown) => value ?? undefined } });
    await expect(createSessionStore({ sql: changing })).rejects.toThrow('without `transform`');
    const narrow = await lend({ max: 3 });
    await expect(createSessionStore({ sql: narrow })).rejects.toThrow('at least 4 connections (max), not 3');
    await expect(createSessionStore({ sql: {} as BorrowedSql })).rejects.toThrow('must be a postgres.js instance');
  });
});
