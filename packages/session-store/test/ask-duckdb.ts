import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';

/** One for all files of a worker, as starting it takes longer than most questions. */
let connected: Promise<DuckDBConnection> | null = null;

async function connect(): Promise<DuckDBConnection> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  await connection.run(`set TimeZone = 'UTC'`);
  return connection;
}

/** What DuckDB makes of a file, 64-bit integers as text. */
export async function askDuckdb(statement: string): Promise<Record<string, unknown>[]> {
  connected ??= connect();
  return (await (await connected).runAndReadAll(statement)).getRowObjectsJson();
}
