import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPostgres, type TestPostgres } from './postgres.ts';

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
