import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { postgresAt, startPostgres, type TestPostgres } from './postgres.ts';

let server: TestPostgres;
beforeAll(async () => void (server = await startPostgres()));
afterAll(() => server?.stop());

test('a database survives a crash of the server with what was committed', async () => {
  const url = await server.createDatabase();
  const before = postgres(url, { max: 1 });
  await before`create table kept (n int)`;
  await before`insert into kept values (7)`;
  await server.crash();
  await before.end({ timeout: 0 });
  await server.start();
  const after = postgres(url, { max: 1 });
  expect(await after`select n from kept`).toEqual([{ n: 7 }]);
  await after.end({ timeout: 1 });
});

test('a server that others share copies a database for each of them', async () => {
  await using shared = await startPostgres({ isDurable: false });
  const template = await shared.createDatabase('template_of_all');
  await shared.execute(template, 'create table kept as select 7 as n');
  const other = postgresAt(shared.url);
  const copies = await Promise.all([1, 2].map(async () => other.createDatabase(undefined, 'template_of_all')));
  expect(new Set(copies).size).toBe(2);
  for (const url of copies) {
    const sql = postgres(url, { max: 1 });
    expect(await sql`select n from kept`).toEqual([{ n: 7 }]);
    await sql.end({ timeout: 1 });
  }
});
