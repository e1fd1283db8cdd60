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
  test('a question that takes too long ends none of those that are asked meanwhile', async () => {
    await using store = await opened(await location(), 1000);
    const slow = store.query(
      engine === 'PGlite' ? 'select count(*) from generate_series(1, 1000000000000)' : 'select pg_sleep(60)',
    );
    const quick = Array.from({ length: 8 }, async (_, n) => store.query('select $1::int as n', [n]));
    expect(await outcome(slow)).toBe('QUERY_TIMEOUT');
    expect(await Promise.all(quick.map(outcome))).toEqual(quick.map(() => 'answered'));
  });

  test('as many that take too long as there are connections do not, either', async () => {
    await using store = await opened(await location(), 1000);
    if (engine === 'PGlite') return;
    const slow = [1, 2].map(async () => store.query('select pg_sleep(60)'));
    const quick = Array.from({ length: 8 }, async (_, n) => store.query('select $1::int as n', [n]));
    expect(await Promise.all(slow.map(outcome))).toEqual(['QUERY_TIMEOUT', 'QUERY_TIMEOUT']);
    expect(await Promise.all(quick.map(outcome))).toEqual(quick.map(() => 'answered'));
  });

  test.each([
    ['that writes', `insert into markets (ticker) values ('X')`, []],
    ['with a parameter too few', 'select $1::int', []],
    ['that no server knows', 'select count(*) from sessions for update', []],
    ['with a mistake in it', 'select from from', []],
    ['that ends the transaction', 'vacuum', []],
  ])('a question %s is refused for good, and ends none of the others', async (_what, text, parameters) => {
    await using store = await opened(await location());
    const others = Array.from({ length: 4 }, async (_, n) =>
      store.query('select $1::int as n, (select count(*) from generate_series(1, 20000))', [n]),
    );
    await expect(store.query(text, parameters)).rejects.toMatchObject({ code: 'QUERY_FAILED', retryable: false });
    expect(await Promise.all(others.map(outcome))).toEqual(others.map(() => 'answered'));
  });

  test('a setting that a question makes is gone before the next one', async () => {
    await using store = await opened(await location());
    const session = await store.openSession({ recorder: 'one' });
    session.append(delta(1));
    await session.flush();
    // On all connections that there are.
    const settings = [`set search_path to nowhere`, `select set_config('search_path', 'nowhere', false)`, 'commit'];
    for (const text of settings.flatMap((each) => [each, each, each])) await outcome(store.query(text));
    const asked = Array.from({ length: 4 }, async () => store.query('select seq from deltas'));
    expect(await Promise.all(asked)).toEqual(asked.map(() => [{ seq: 1 }]));
  });
});
