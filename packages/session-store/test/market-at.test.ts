// A market as it was known at a time, over sessions and recorders, on both engines.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSessionStore, type SessionStore } from '../src/index.ts';
import { atMs, ticker } from './contract.ts';
import { onPglite, onPostgres } from './databases.ts';
import { lifecycle, market } from './made-facts.ts';
import { recordedIn } from './reading-properties.ts';

const cents = [{ start: 0, end: 10_000, step: 100 }];
const fine = [{ start: 0, end: 10_000, step: 10 }];
const yearMs = 365 * 86_400_000;

describe.each([
  ['PostgreSQL', onPostgres],
  ['PGlite', onPglite],
])('a market at a time on %s', (_name, engine) => {
  let store: SessionStore;
  beforeAll(async () => {
    store = await createSessionStore({ ...(await engine.location()), batch: { maxRecords: 2 } });
    const at = (ms: number) => ({ market: 'RAIN', receivedAtMs: atMs + ms });
    const times = { openAtMs: atMs + 100, closeAtMs: atMs + 500 };
    await recordedIn(store, [
      market('OLD', { receivedAtMs: atMs - 3 * yearMs, title: 'years ago', status: 'open' }),
      market('RAIN', { ...at(0), title: 'Rain?', ...times, status: 'unopened', priceRanges: cents }),
      ticker(1, { ...at(10), market: 'RAIN' }),
      lifecycle(2, { ...at(200), change: 'price_level_structure_updated', priceRanges: fine }),
      lifecycle(3, { ...at(250), change: 'deactivated', paused: true }),
      lifecycle(4, { ...at(260), market: 'SNOW', change: 'settled', settledAtMs: 1 }),
    ]);
    // Another recorder goes on, and hears the rest.
    await recordedIn(store, [
      market('RAIN', { ...at(300), title: 'Rain!', ...times, status: 'open', priceRanges: fine }),
      lifecycle(1, { ...at(600), change: 'determined', result: 'no', settlementValue: 0, determinedAtMs: atMs + 590 }),
      lifecycle(2, { ...at(700), change: 'settled', settledAtMs: atMs + 690 }),
    ]);
  });
  afterAll(async () => store?.close());

  test.each([
    [0, 'unopened', 'Rain?', cents, 0, 0],
    [150, 'open', 'Rain?', cents, 0, 0],
    [200, 'open', 'Rain?', fine, 0, 200],
    [299, 'paused', 'Rain?', fine, 0, 250],
    [300, 'open', 'Rain!', fine, 300, 300],
    [500, 'closed', 'Rain!', fine, 300, 300],
    [650, 'determined', 'Rain!', fine, 300, 600],
    [9_000, 'settled', 'Rain!', fine, 300, 700],
  ] as const)('after %i ms it is %s', async (ms, status, title, priceRanges, described, heard) => {
    expect(await store.marketAt('RAIN', atMs + ms)).toMatchObject({
      market: 'RAIN',
      atMs: atMs + ms,
      status,
      definition: { title, priceRanges },
      describedAtMs: atMs + described,
      heardAtMs: atMs + heard,
    });
  });

  test('is not known before anything was, nor of a market that nobody described', async () => {
    expect(await store.marketAt('RAIN', atMs - 1)).toBeNull();
    expect(await store.marketAt('HAIL', atMs)).toBeNull();
    expect(await store.marketAt('SNOW', atMs + 259)).toBeNull();
    expect(await store.marketAt('SNOW', atMs + 260)).toMatchObject({ status: 'settled', describedAtMs: null });
  });

  test('is found however long ago it was described', async () => {
    expect(await store.marketAt('OLD', atMs)).toMatchObject({
      status: 'open',
      definition: { title: 'years ago' },
      describedAtMs: atMs - 3 * yearMs,
    });
  });

  test('a time or name that is none is refused', async () => {
    await expect(store.marketAt('', atMs)).rejects.toThrow(TypeError);
    await expect(store.marketAt('RAIN', Number.NaN)).rejects.toThrow(RangeError);
  });
});
