import { startPostgres, type TestPostgres } from '@trader/testkit';
import { afterAll, beforeAll } from 'vitest';
import { PostgresEngine } from '../src/io/postgres-engine.ts';
import { systemRuntime } from '../src/io/runtime.ts';
import { readingContract } from './reading-contract.ts';

let server: TestPostgres;
beforeAll(async () => void (server = await startPostgres()));
afterAll(() => server?.stop());

readingContract('PostgreSQL', {
  location: async () => ({ url: await server.createDatabase() }),
  engine: async (location) => new PostgresEngine((location as { url: string }).url, 15_000, systemRuntime),
});
