// One caller's trouble is its own: what becomes of the others' reads, on each engine.
import { describe, expect, test } from 'vitest';
import postgres from 'postgres';
import { createSessionStore, type SessionStore, type StoreLocation } from '../src/index.ts';
import { newDatabase, newDataDir, whenFinished } from './databases.ts';
import { delta } from './contract.ts';

const engines: readonly (readonly [string, () => Promise<StoreLocation>])[] = [
  ['PostgreSQL', async () => ({ url: await newDatabase() })],
  [
    'a borrowed postgres.js',
    async () => {
      const sql = postgres(await newDatabase(), { max: 5, onnotice: () => undefined });
      whenFinished(async () => sql.end({ timeout: 1 }));
      return { sql };
    },
  ],
  ['PGlite', async () => ({ dataDir: newDataDir() })],
];

const opened = async (location: StoreLocation, queryTimeoutMs = 15_000): Promise<SessionStore> =>
  createSessionStore({ ...location, queryTimeoutMs, compaction: false });

const outcome = async (work: Promise<unknown>) =>
  work.then(
    () => 'answered',
    (error: unknown) => (error as { code: string }).code,
  );

describe.each(engines)('on %s', (engine, location) => {
  test('questions that take too long end none of those that are asked meanwhile', async () => {
    await using store = await opened(await location(), 1000);
    // As many as there are connections.
    const text = engine === 'PGlite' ? 'select count(*) from generate_series(1, 1000000000000)' : 'select pg_sleep(60)';
    const slow = (engine === 'PGlite' ? [1] : [1, 2]).map(async () => store.query(text));
    const quick = Array.from({ length: 8 }, async (_, n) => store.query('select $1::int as n', [n]));
    expect(await Promise.all(slow.map(outcome))).toEqual(slow.map(() => 'QUERY_TIMEOUT'));
    expect(await Promise.all(quick.map(outcome))).toEqual(quick.map(() => 'answered'));
  });

  test('a question that cannot work is refused for good, ends no other, and leaves no setting behind', async () => {
    await using store = await opened(await location());
    const session = await store.openSession({ recorder: 'one' });
    session.append(delta(1));
    await session.flush();
    const wrong = [
      `insert into markets (ticker) values ('X')`,
      // A parameter too few, something that no server knows, a mistake, and what may not be in a transaction.
      'select $1::int',
      'select count(*) from sessions for update',
      'select from from',
      'vacuum',
    ];
    for (const text of wrong) {
      const others = Array.from({ length: 4 }, async (_, n) => store.query('select $1::int as n', [n]));
      await expect(store.query(text), text).rejects.toMatchObject({ code: 'QUERY_FAILED', retryable: false });
      expect(await Promise.all(others.map(outcome)), text).toEqual(others.map(() => 'answered'));
    }
    // On all connections that there are.
    const settings = [`set search_path to nowhere`, `select set_config('search_path', 'nowhere', false)`, 'commit'];
    for (const text of settings.flatMap((each) => [each, each, each])) await outcome(store.query(text));
    const asked = Array.from({ length: 4 }, async () => store.query('select seq from deltas'));
    expect(await Promise.all(asked)).toEqual(asked.map(() => [{ seq: 1 }]));
  });
});
