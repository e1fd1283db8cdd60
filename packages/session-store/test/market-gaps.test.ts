// A hole of one market, from `append` to everything that is read back: its neighbours on the same subscription are untouched.
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { temporaryFolder } from '@trader/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSessionStore, type SessionStore, type StoreRecord } from '../src/index.ts';
import { atMs, delta, gap, snapshot } from './contract.ts';
import { newDatabase } from './databases.ts';
import { collect } from './reading-properties.ts';

const folder = temporaryFolder('session-store-market-gaps-');
/** Number 5 was SNOW's and could not be read; of HAIL only the time is known. */
const holes = [
  gap({ firstSeq: 5, lastSeq: 5, fromAtMs: atMs + 5, toAtMs: atMs + 5, cause: 'violation', market: 'SNOW' }),
  gap({ firstSeq: null, lastSeq: null, fromAtMs: atMs + 7, toAtMs: atMs + 7, cause: 'refused', market: 'HAIL' }),
];
const records: readonly StoreRecord[] = [
  snapshot(1, { market: 'RAIN' }),
  snapshot(2, { market: 'SNOW' }),
  snapshot(3, { market: 'HAIL' }),
  delta(4, { market: 'RAIN' }),
  holes[0]!,
  delta(6, { market: 'SNOW' }),
  delta(7, { market: 'RAIN' }),
  holes[1]!,
  delta(8, { market: 'HAIL' }),
  snapshot(9, { market: 'SNOW' }),
  delta(10, { market: 'RAIN' }),
];
const span = [atMs + 3, atMs + 10] as const;
let store: SessionStore;
let session: string;

beforeAll(async () => {
  const tuning = { compaction: { everyMs: 1e9, targetRecords: 16 }, keyframes: { intervalMs: 2, everyDeltas: 8 } };
  store = await createSessionStore({ url: await newDatabase(), ...tuning, batch: { maxRecords: 3 } });
  const recording = await store.openSession({ recorder: 'desk-1' });
  for (const record of records) recording.append(record);
  session = (await recording.close({ status: 'closed', reason: 'test' })).id;
});
afterAll(async () => {
  await store?.close();
  folder.remove();
});

const covered = async (market: string) =>
  (await store.coverage(market, ...span)).map(({ fromMs, toMs, covered, cause }) => [
    fromMs - atMs,
    toMs - atMs,
    covered ? 'covered' : cause,
  ]);

describe.each(['as it was written', 'compacted'])('a hole of one market, %s', (state) => {
  beforeAll(async () => {
    if (state === 'compacted') await store.compact();
  });

  test("breaks that market's coverage and nobody else's", async () => {
    expect(await covered('RAIN')).toEqual([[3, 10, 'covered']]);
    expect(await covered('SNOW')).toEqual([
      [3, 5, 'covered'],
      [5, 9, 'violation'],
      [9, 10, 'covered'],
    ]);
    expect(await covered('HAIL')).toEqual([
      [3, 7, 'covered'],
      [7, 10, 'refused'],
    ]);
  });

  test("makes that market's book unknown and no other", async () => {
    expect(await store.bookAt('RAIN', atMs + 8)).toMatchObject({ synced: true, lastSeq: 7 });
    expect(await store.bookAt('SNOW', atMs + 8)).toMatchObject({
      synced: false,
      why: 'gap',
      gap: holes[0],
      lastSeq: 2,
    });
    expect(await store.bookAt('SNOW', atMs + 9)).toMatchObject({ synced: true, lastSeq: 9 });
    expect(await store.bookAt('HAIL', atMs + 8)).toMatchObject({ synced: false, why: 'gap', gap: holes[1] });
  });

  test('is replayed with its market, to whoever asks for that market or for all', async () => {
    const gapsOf = async (markets?: readonly string[]) =>
      (await collect(store.replay(session, markets && { markets }))).filter(({ kind }) => kind === 'gap');
    expect(await gapsOf()).toEqual(holes);
    expect(await gapsOf(['RAIN'])).toEqual([]);
    expect(await gapsOf(['RAIN', 'SNOW'])).toEqual([holes[0]]);
  });

  test('names its numbers, so that nothing is missing', async () => {
    expect(await store.verify(session)).toMatchObject({ ok: true });
  });
});

test('a keyframe is made for the neighbours, and none across the hole', async () => {
  await store.compact();
  const rows = await store.query('select ticker, seq from keyframes join markets on id = market_id order by seq');
  expect(rows).toContainEqual({ ticker: 'RAIN', seq: 7 });
  expect(rows.filter(({ ticker }) => ticker !== 'RAIN')).toEqual([]);
});

test('the view names the market, behind the columns that there were', async () => {
  const rows = await store.query('select * from gaps where session_id = $1 order by ordinal', [session]);
  const before = [
    'session_id',
    'ordinal',
    'epoch',
    'sid',
    'first_seq',
    'last_seq',
    'from_at',
    'to_at',
    'cause',
    'shed',
  ];
  expect(Object.keys(rows[0]!)).toEqual([...before, 'market']);
  expect(rows.map((row) => row['market'])).toEqual(['SNOW', 'HAIL']);
});

test('an export names it, and leaves out those of other markets', async () => {
  const lines = async (markets?: readonly string[]) => {
    const target = { format: 'csv', what: 'gaps', folder: join(folder.path, 'out') } as const;
    const { file } = await store.export({ ...target, ...(markets && { markets }) });
    return readFileSync(file, 'utf8').trimEnd().split('\r\n');
  };
  const [head, ...rows] = await lines();
  expect(head).toMatch(/,cause,market$/);
  expect(rows.map((row) => row.split(',').slice(-2))).toEqual([
    ['violation', 'SNOW'],
    ['refused', 'HAIL'],
  ]);
  expect(await lines(['HAIL'])).toHaveLength(2);
});

test('an open hole of a market ends with the next snapshot of that market, or with the session', async () => {
  const recording = await store.openSession({ recorder: 'desk-2' });
  const open = { firstSeq: 3, lastSeq: null, fromAtMs: atMs + 3, toAtMs: null };
  const later = { epoch: 2, receivedAtMs: atMs + 20 };
  for (const record of [
    snapshot(1, { market: 'RAIN' }),
    snapshot(2, { market: 'SNOW' }),
    gap({ ...open, market: 'SNOW' }),
    gap({ ...open, firstSeq: 4 }),
    snapshot(1, { ...later, market: 'RAIN' }),
    snapshot(2, { ...later, market: 'SNOW', receivedAtMs: atMs + 30 }),
  ])
    recording.append(record);
  const { id } = await recording.close({ status: 'closed', reason: 'test' });
  const rows = await store.query('select to_at from gaps where session_id = $1 order by ordinal', [id]);
  expect(rows.map((row) => (row['to_at'] as Date).getTime() - atMs)).toEqual([30, 20]);
});

test.each([
  ['empty', ''],
  ['too long', 'x'.repeat(501)],
  ['not storable', 'a\u0000b'],
  ['no text', 7],
])('a market whose name is %s is refused', async (_name, market) => {
  const recording = await store.openSession({ recorder: 'desk-3' });
  expect(() => recording.append(gap({ market }))).toThrow(expect.objectContaining({ code: 'RECORD_INVALID' }) as Error);
  expect(recording.append(gap({ market: null }))).toBe('taken');
  const { gaps } = await recording.close({ status: 'closed', reason: 'test' });
  expect(gaps).toBe(1);
});
