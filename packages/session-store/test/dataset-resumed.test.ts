// A run that goes on where another was stopped, and what makes it refuse or make something anew.
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { once } from 'node:events';
import { seededRandom, temporaryFolder, testSeed } from '@trader/testkit';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createSessionStore,
  openReader,
  verifyDataset,
  type DatasetOptions,
  type SessionStore,
  type StoreRecord,
} from '../src/index.ts';
import type { Manifest } from '../src/export/dataset/manifest.ts';
import { delta, gap, snapshot, trade } from './contract.ts';
import { newDatabase } from './databases.ts';
import { startFixture } from './fixture-process.ts';

const dayMs = 86_400_000;
const firstDayMs = Date.UTC(2026, 7, 10);
const folder = temporaryFolder('session-store-dataset-resumed-');
let folders = 0;
const newFolder = () => join(folder.path, String(folders++));
afterAll(() => folder.remove());

/** So many records of a day of two series, numbered on from there. */
const dayOf = (day: number, seq: number, deltas = 40): StoreRecord[] => {
  const receivedAtMs = firstDayMs + day * dayMs + 3_600_000;
  const market = (index: number) => (index % 2 === 0 ? 'A-1' : 'B-1');
  return [
    snapshot(seq, { market: 'A-1', receivedAtMs }),
    snapshot(seq + 1, { market: 'B-1', receivedAtMs }),
    ...Array.from({ length: deltas }, (_, index) =>
      delta(seq + 2 + index, { market: market(index), receivedAtMs: receivedAtMs + index * 1000 }),
    ),
    trade(day + 1, { market: 'A-1', receivedAtMs: receivedAtMs + 5 }),
    gap({
      firstSeq: seq + 2 + deltas,
      lastSeq: seq + 2 + deltas,
      fromAtMs: receivedAtMs + deltas * 1000,
      toAtMs: null,
    }),
  ];
};

const threeDays = [...dayOf(0, 1), ...dayOf(1, 101), ...dayOf(2, 201)];

async function recordAll(store: SessionStore, records: readonly StoreRecord[]): Promise<string> {
  const session = await store.openSession({ recorder: 'desk-1' });
  for (const record of records) session.append(record);
  return (await session.close({ status: 'closed', reason: 'test' })).id;
}

const manifestIn = (at: string) => JSON.parse(readFileSync(join(at, 'manifest.json'), 'utf8')) as Manifest;
const filesIn = (at: string, end: string) =>
  readdirSync(at, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(end))
    .map((entry) => join(entry.parentPath, entry.name).slice(at.length + 1))
    .toSorted();
const contentOf = (at: string) =>
  filesIn(at, '.parquet').map((path) => [
    path,
    createHash('sha256')
      .update(readFileSync(join(at, path)))
      .digest('hex'),
  ]);

let url: string;
let store: SessionStore;
let whole: string;

beforeAll(async () => {
  url = await newDatabase();
  store = await createSessionStore({ url });
  await recordAll(store, threeDays);
  whole = newFolder();
  await store.exportDataset({ folder: whole });
});
afterAll(async () => store?.close());

/** Stopped after so many reports of progress, as by a full disk or a killed process: what had its name has it. */
async function stoppedAfter(at: string, reports: number, options: Partial<DatasetOptions> = {}): Promise<boolean> {
  let seen = 0;
  const onProgress = () => {
    if (++seen > reports) throw new Error('stopped');
  };
  return store.exportDataset({ folder: at, ...options, onProgress }).then(
    () => false,
    (error: unknown) => {
      expect(error).toMatchObject({ message: 'stopped' });
      return true;
    },
  );
}

test('one that is stopped at any point is gone on with: nothing is doubled, nothing missing, what was done is kept', async () => {
  const kept: number[] = [];
  for (let reports = 0; ; reports += 7) {
    const at = newFolder();
    if (!(await stoppedAfter(at, reports))) break;
    // A process that is killed also leaves what it was writing, or had just written.
    const left = join(at, 'deltas/day=2026-08-12/series=A/part-0.parquet');
    mkdirSync(dirname(left), { recursive: true });
    writeFileSync(left, 'half');
    writeFileSync(`${left}.part`, 'half');
    writeFileSync(join(at, 'deltas/day=2026-08-12/part-9.parquet'), 'of nobody');
    appendFileSync(join(at, '.export/journal.ndjson'), '{"kind":"deltas","day":"2026-08-12","comp');
    const { keptFiles } = await store.exportDataset({ folder: at });
    expect(contentOf(at)).toEqual(contentOf(whole));
    expect(filesIn(at, '.part')).toEqual([]);
    expect(manifestIn(at)).toEqual(manifestIn(whole));
    kept.push(keptFiles);
  }
  expect(kept[0]).toBe(0);
  expect(kept.at(-1)).toBeGreaterThan(10);
  expect(kept).toEqual(kept.toSorted((one, other) => one - other));
});

test('one whose process is killed at any instant is gone on with, by the next process', async () => {
  const random = seededRandom(testSeed());
  const at = newFolder();
  let steps = 0;
  for (let kills = 0; kills < 2; kills++) {
    const child = startFixture('exporter.ts', url, at);
    const until = 1 + Math.floor(random() * 8);
    let said = 0;
    child.stdout.on('data', (dots: Buffer) => {
      said += dots.length;
      if (said >= until) child.kill('SIGKILL');
    });
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
    expect(code ?? signal).toBe('SIGKILL');
    steps += said;
  }
  expect(steps).toBeGreaterThan(1);
  await store.exportDataset({ folder: at });
  expect(contentOf(at)).toEqual(contentOf(whole));
  expect(filesIn(at, '.part')).toEqual([]);
  expect(await verifyDataset(at)).toMatchObject({ ok: true });
});

test('a signal ends it, and leaves no file that is not whole', async () => {
  const at = newFolder();
  const ends = new AbortController();
  const onProgress = () => ends.abort(new Error('enough'));
  await expect(store.exportDataset({ folder: at, signal: ends.signal, onProgress })).rejects.toThrow('enough');
  expect(filesIn(at, '.part')).toEqual([]);
  await store.exportDataset({ folder: at });
  expect(contentOf(at)).toEqual(contentOf(whole));
});

test('one that is whole is left as it is, to the time of each file', async () => {
  const at = newFolder();
  cpSync(whole, at, { recursive: true });
  for (const path of filesIn(at, '.parquet')) utimesSync(join(at, path), 1, 1);
  const result = await store.exportDataset({ folder: at });
  expect(result).toMatchObject({ keptFiles: result.files, openDays: [], miscounted: [], damaged: [] });
  for (const path of filesIn(at, '.parquet')) expect(statSync(join(at, path)).mtimeMs, path).toBe(1000);
});

test.each([
  ['has other bytes', (path: string) => writeFileSync(path, readFileSync(path).fill(7, 10, 12))],
  ['is cut', (path: string) => writeFileSync(path, readFileSync(path).subarray(0, 40))],
  ['is gone', (path: string) => rmSync(path)],
])('a file that %s is made anew', async (_what, spoil) => {
  const at = newFolder();
  cpSync(whole, at, { recursive: true });
  spoil(join(at, 'deltas/day=2026-08-11/series=B/part-0.parquet'));
  expect((await verifyDataset(at)).ok).toBe(false);
  await store.exportDataset({ folder: at });
  expect(contentOf(at)).toEqual(contentOf(whole));
  expect(await verifyDataset(at)).toMatchObject({ ok: true, problems: [] });
});

describe('another dataset is not mixed into a folder', () => {
  test.each([
    ['what', { what: ['deltas'] }],
    ['markets', { markets: ['A-1'] }],
    ['fromMs', { fromMs: firstDayMs + dayMs }],
    ['toMs', { toMs: firstDayMs + dayMs }],
    ['format', { format: 'zst.parquet' }],
    ['seriesSeparator', { seriesSeparator: '1' }],
    ['units', { units: { price: { unit: 'dollar', scale: 100 }, size: { unit: 'contract', scale: 1 } } }],
  ] as const)('where %s differs', async (name, options) => {
    const at = newFolder();
    cpSync(whole, at, { recursive: true });
    await expect(store.exportDataset({ folder: at, ...options })).rejects.toMatchObject({
      code: 'DATASET_DIFFERS',
      message: expect.stringContaining(`its ${name} is `) as string,
    });
    expect(contentOf(at)).toEqual(contentOf(whole));
  });

  test('where only some sessions are asked for', async () => {
    const at = newFolder();
    cpSync(whole, at, { recursive: true });
    const sessions = [(await store.sessions())[0]!.id];
    await expect(store.exportDataset({ folder: at, sessions })).rejects.toMatchObject({ code: 'DATASET_DIFFERS' });
  });

  test('where it is of another database', async () => {
    const at = newFolder();
    cpSync(whole, at, { recursive: true });
    await using other = await createSessionStore({ url: await newDatabase() });
    await recordAll(other, dayOf(0, 1));
    await expect(other.exportDataset({ folder: at })).rejects.toMatchObject({
      code: 'DATASET_DIFFERS',
      message: expect.stringContaining('which this store has not') as string,
    });
  });

  test('where nobody knows what is in it', async () => {
    const at = newFolder();
    mkdirSync(join(at, 'deltas/day=2026-08-10'), { recursive: true });
    await expect(store.exportDataset({ folder: at })).rejects.toMatchObject({ code: 'DATASET_DIFFERS' });
    const torn = newFolder();
    cpSync(whole, torn, { recursive: true });
    writeFileSync(join(torn, 'manifest.json'), '{"dataset":1');
    await expect(store.exportDataset({ folder: torn })).rejects.toMatchObject({ code: 'DATASET_DAMAGED' });
    await expect(verifyDataset(torn)).rejects.toMatchObject({ code: 'DATASET_DAMAGED' });
  });

  test('where another export writes into it', async () => {
    const at = newFolder();
    const seconds: Promise<unknown>[] = [];
    await store.exportDataset({
      folder: at,
      onProgress: () => void seconds.push(store.exportDataset({ folder: at }).catch((error: unknown) => error)),
    });
    expect(await seconds[0]).toMatchObject({ code: 'DATASET_LOCKED', retryable: true });
    expect(contentOf(at)).toEqual(contentOf(whole));
  });
});

test('a day that is being recorded is not done: it grows, and is done once the recording has got beyond it', async () => {
  await using growing = await createSessionStore({ url: await newDatabase() });
  const session = await growing.openSession({ recorder: 'desk-1' });
  const at = newFolder();
  const append = async (records: readonly StoreRecord[]) => {
    for (const record of records) session.append(record);
    await session.flush();
    return growing.exportDataset({ folder: at });
  };
  const daysOf = () =>
    Object.fromEntries(
      manifestIn(at)
        .parts.filter(({ kind }) => kind === 'deltas')
        .map(({ day, complete }) => [day, complete]),
    );
  const first = dayOf(0, 1);
  await append(first.slice(0, 20));
  expect(daysOf()).toEqual({ '2026-08-10': false });
  // What the last millisecond still gets is for the next run, so that all tables end at the same moment.
  expect(manifestIn(at).tables['deltas']!.rows).toBe(17);
  const grown = await append(first.slice(20));
  expect(grown).toMatchObject({ openDays: ['2026-08-10'], keptFiles: 0 });
  const next = await append(dayOf(1, 101));
  expect(daysOf()).toEqual({ '2026-08-10': true, '2026-08-11': false });
  expect(next.openDays).toEqual(['2026-08-11']);
  expect((await append([])).keptFiles).toBeGreaterThan(5);
  await session.close({ status: 'closed', reason: 'test' });
  const last = await growing.exportDataset({ folder: at });
  expect(last).toMatchObject({ openDays: [], miscounted: [] });
  expect(last.keptFiles).toBeGreaterThan(5);
  const anew = newFolder();
  await growing.exportDataset({ folder: anew });
  expect(contentOf(at).filter(([path]) => !path!.startsWith('coverage/'))).toEqual(
    contentOf(anew).filter(([path]) => !path!.startsWith('coverage/')),
  );
});

describe('what the store has otherwise since', () => {
  const changed = async (
    change: (sql: postgres.Sql, session: string) => Promise<unknown>,
    options: Partial<DatasetOptions> = {},
  ) => {
    const location = await newDatabase();
    const other = await createSessionStore({ url: location });
    const session = await recordAll(other, threeDays);
    const at = newFolder();
    await other.exportDataset({ folder: at, ...options });
    const before = contentOf(at);
    await other.close();
    const sql = postgres(location, { max: 1 });
    await change(sql, session);
    await sql.end();
    const reader = await openReader({ url: location });
    return { at, before, reader, session };
  };

  /** Of an export of some markets nobody can compare the counts in the end. */
  const some = { markets: ['A-1', 'B-1'] };

  test('a session that got more records late is made anew', async () => {
    const { at, before, reader } = await changed(async (sql, session) => {
      await sql`insert into gap_records (session_id, ordinal, epoch, sid, first_seq, last_seq, from_at, to_at, cause, shed)
        values (${session}, 1000, 1, 1, 900, 901, ${new Date(firstDayMs + 7_200_000)}, null, 'late', 0)`;
      await sql`update sessions set gaps = gaps + 1`;
    }, some);
    expect(await reader.exportDataset({ folder: at, ...some })).toMatchObject({ keptFiles: 0, miscounted: [] });
    const after = contentOf(at);
    const isOther = ([path]: readonly (string | undefined)[], index: number) =>
      after[index]![1] !== before[index]![1] && path!.startsWith('gaps/');
    expect(after.filter(isOther)).toHaveLength(1);
    await reader.close();
  });

  test('a file of which the store has nothing any more, though it was not retention, goes', async () => {
    const { at, reader } = await changed(async (sql) => {
      await sql`delete from trade_chunks where received_at < ${new Date(firstDayMs + dayMs)}`;
      await sql`update sessions set trades = trades - 1, messages = messages - 1`;
    });
    const gone = join(at, 'trades/day=2026-08-10/series=A/part-0.parquet');
    expect(statSync(gone).size).toBeGreaterThan(0);
    expect(await reader.exportDataset({ folder: at })).toMatchObject({ miscounted: [] });
    expect(filesIn(at, '.parquet')).toEqual(
      manifestIn(at)
        .files.map(({ path }) => path)
        .toSorted(),
    );
    expect(statSync(gone, { throwIfNoEntry: false })).toBeUndefined();
    await reader.close();
  });

  test('where the counts do not agree, what was kept is made anew; if they still do not, that is said', async () => {
    const { at, reader, before, session } = await changed(async () => undefined);
    const manifest = manifestIn(at);
    const parts = manifest.parts.map((part) => ({
      ...part,
      sessions: part.sessions.map((each) => ({ ...each, records: each.records - (part.kind === 'deltas' ? 1 : 0) })),
    }));
    writeFileSync(join(at, 'manifest.json'), JSON.stringify({ ...manifest, parts }));
    expect(await reader.exportDataset({ folder: at })).toMatchObject({ keptFiles: 0, miscounted: [] });
    expect(contentOf(at)).toEqual(before);
    await reader.close();
    const wrong = await changed(async (sql) => sql`update sessions set deltas = deltas + 1, messages = messages + 1`);
    const result = await wrong.reader.exportDataset({ folder: wrong.at });
    expect(result.miscounted).toEqual([{ session: wrong.session, kind: 'deltas', exported: 120, counted: 121 }]);
    expect(session).not.toBe(wrong.session);
    expect((await verifyDataset(wrong.at)).problems).toEqual([
      `session ${wrong.session} has 120 deltas here, but the store counted 121`,
    ]);
    await wrong.reader.close();
  });

  test('a day that retention has dropped stays in the dataset, and is not called expired there', async () => {
    const { at, before, reader } = await changed(async (sql, session) => {
      const [from, until] = [new Date(firstDayMs), new Date(firstDayMs + dayMs)];
      for (const table of ['delta_chunks', 'market_chunks', 'snapshot_records', 'trade_chunks', 'keyframes'])
        await sql`delete from ${sql(table)} where received_at < ${until}`;
      await sql`insert into expirations (session_id, expired_from, expired_before, expired_at, snapshots, deltas, trades, raw)
        values (${session}, ${from}, ${until}, now(), 2, 40, 1, 0)`;
    });
    const { keptFiles, files } = await reader.exportDataset({ folder: at });
    expect(keptFiles).toBe(files);
    expect(contentOf(at)).toEqual(before);
    rmSync(join(at, 'deltas/day=2026-08-10/series=A/part-0.parquet'));
    await expect(reader.exportDataset({ folder: at })).rejects.toMatchObject({ code: 'DATASET_DAMAGED' });
    // To a folder that never had it the hole is named.
    const anew = newFolder();
    await reader.exportDataset({ folder: anew, what: ['gaps'] });
    expect(
      manifestIn(anew)
        .files.filter(({ kind }) => kind === 'gaps')
        .map(({ day, rows }) => [day, rows]),
    ).toEqual([
      ['2026-08-10', 2],
      ['2026-08-11', 1],
      ['2026-08-12', 1],
    ]);
    await reader.close();
  });

  test('what cannot be read is left out, told, and in the manifest', async () => {
    const { at, reader, session } = await changed(
      async (sql) => sql`update delta_chunks set prices = '{1}' where received_at < ${new Date(firstDayMs + dayMs)}`,
    );
    rmSync(at, { recursive: true });
    await expect(reader.exportDataset({ folder: at })).rejects.toMatchObject({ code: 'QUERY_FAILED' });
    const told: string[] = [];
    const { damaged, miscounted } = await reader.exportDataset({
      folder: at,
      onDamage: ({ session }) => told.push(session),
    });
    expect(told).toEqual([session]);
    expect(damaged).toEqual([
      { session, kind: 'deltas', day: '2026-08-10', problem: expect.stringContaining('cannot be read') as string },
    ]);
    expect({ damaged: manifestIn(at).damaged, miscounted }).toEqual({ damaged, miscounted: [] });
    expect(manifestIn(at).tables['deltas']!.rows).toBe(80);
    await reader.close();
  });
});

describe('verifying a dataset', () => {
  test.each([
    [
      'a file too many',
      'is not in the manifest',
      (at: string) =>
        cpSync(join(at, 'gaps/day=2026-08-10/part-0.parquet'), join(at, 'gaps/day=2026-08-10/part-1.parquet')),
    ],
    [
      'wrong sums',
      'total of rows',
      (at: string) => rewrite(at, (manifest) => ({ ...manifest, totals: { ...manifest.totals, rows: 1 } })),
    ],
    [
      'a manifest with other rows',
      'rows, but the manifest says',
      (at: string) =>
        rewrite(at, ({ files: [first, ...rest], ...manifest }) => ({
          ...manifest,
          files: [{ ...first!, rows: first!.rows + 1 }, ...rest],
        })),
    ],
  ])('finds %s', async (_what, problem, spoil) => {
    const at = newFolder();
    cpSync(whole, at, { recursive: true });
    expect(await verifyDataset(at)).toMatchObject({ ok: true, files: filesIn(at, '.parquet').length });
    spoil(at);
    const { ok, problems } = await verifyDataset(at);
    expect({ ok, problems }).toEqual({
      ok: false,
      problems: expect.arrayContaining([expect.stringContaining(problem)]) as string[],
    });
  });

  function rewrite(at: string, change: (manifest: Manifest) => Manifest): void {
    writeFileSync(join(at, 'manifest.json'), JSON.stringify(change(manifestIn(at))));
  }
});
