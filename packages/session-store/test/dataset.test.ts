// A recording as a folder of Parquet files by day and series: what is in it, as other people's readers see it, and how a run goes on
// where the one before it was stopped.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { temporaryFolder } from '@trader/testkit';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { readParquet } from 'parquet-wasm/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSessionStore, exportedKinds, type SessionStore, type StoreRecord } from '../src/index.ts';
import type { Manifest } from '../src/export/dataset/manifest.ts';
import { askDuckdb } from './ask-duckdb.ts';
import { delta, gap, snapshot, trade } from './contract.ts';
import { newDatabase } from './databases.ts';
import * as aFact from './made-facts.ts';

const dayMs = 86_400_000;
const firstDayMs = Date.UTC(2026, 7, 10);
const units = { price: { unit: 'dollar', scale: 10_000 }, size: { unit: 'contract', scale: 100 } } as const;
const markets = ['KXGOLD-A', 'KXGOLD-B', 'RAIN-TOMORROW', 'ünï/🎲 *-1', '-none', 'no dash'];

const folder = temporaryFolder('session-store-dataset-');
let folders = 0;
const newFolder = () => join(folder.path, String(folders++));
let store: SessionStore;
let records: StoreRecord[];
let sessionId: string;

/** Three days of six markets, a hole on each, the last over midnight. */
function threeDays(): StoreRecord[] {
  const made: StoreRecord[] = [];
  let seq = 0;
  const at = (day: number, second: number) => firstDayMs + day * dayMs + second * 1000;
  for (const market of markets) made.push(snapshot(++seq, { market, receivedAtMs: at(0, 36_000) }));
  for (let day = 0; day < 3; day++) {
    for (let index = 0; index < 60; index++) {
      const receivedAtMs = at(day, 40_000 + index);
      const market = markets[index % markets.length]!;
      const exchangeAtUs = (receivedAtMs - 20) * 1000 + index;
      const when = { receivedAtMs, exchangeAtMs: receivedAtMs - 20, exchangeAtUs };
      made.push(delta(++seq, { market, delta: index + 1, price: 100 * (index + 1), ...when }));
      if (index % 10 === 0)
        made.push(trade(day * 100 + index, { market, tradeId: `t-${day}-${index}`, receivedAtMs, exchangeAtMs: null }));
    }
    made.push(
      gap({
        firstSeq: seq + 1,
        lastSeq: seq + 5,
        fromAtMs: at(day, 86_390),
        toAtMs: at(day + 1, 10),
        market: markets[day]!,
      }),
    );
    seq += 5;
  }
  const volumes = { volume: 100, openInterest: 50 };
  made.push(
    aFact.market('KXGOLD-A', { title: 'Gold?', status: 'open', receivedAtMs: at(0, 30_000) }),
    aFact.exchange({ tradingActive: true, receivedAtMs: at(0, 30_001) }),
    aFact.ticker('KXGOLD-A', { ...volumes, yesBid: 4300, receivedAtMs: at(1, 40_000) }),
    aFact.lifecycle(1, { market: 'KXGOLD-A', change: 'determined', result: 'yes', receivedAtMs: at(2, 70_000) }),
    aFact.lifecycle(2, { about: 'event', eventTicker: 'KXGOLD', receivedAtMs: at(2, 70_001) }),
  );
  made.push(
    gap({ sid: null, firstSeq: null, lastSeq: null, fromAtMs: at(2, 80_000), toAtMs: null, cause: 'disconnected' }),
  );
  return made.toSorted((one, other) => timeOf(one) - timeOf(other));
}
const timeOf = (record: StoreRecord) => (record.kind === 'gap' ? record.fromAtMs : record.receivedAtMs);

beforeAll(async () => {
  store = await createSessionStore({ url: await newDatabase() });
  records = threeDays();
  sessionId = await recordAll(store, records);
});
afterAll(async () => {
  await store?.close();
  folder.remove();
});

async function recordAll(into: SessionStore, given: readonly StoreRecord[]): Promise<string> {
  const session = await into.openSession({ recorder: 'desk-1' });
  for (const record of given) session.append(record);
  return (await session.close({ status: 'closed', reason: 'test' })).id;
}

const manifestIn = (at: string) => JSON.parse(readFileSync(join(at, 'manifest.json'), 'utf8')) as Manifest;
const filesIn = (at: string) =>
  readdirSync(at, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(at.length + 1))
    .toSorted();
const parquetIn = (at: string) => filesIn(at).filter((path) => path.endsWith('.parquet'));
/** All bytes of the tables. */
const contentOf = (at: string) =>
  parquetIn(at).map((path) => [
    path,
    createHash('sha256')
      .update(readFileSync(join(at, path)))
      .digest('hex'),
  ]);

let made: string;
beforeAll(async () => {
  made = newFolder();
  await store.exportDataset({ folder: made, units });
});

const hive = (kind: string, by = `{'day': date, 'series': varchar}`) =>
  `read_parquet('${made}/${kind}/**/*.parquet', hive_partitioning = true, hive_types = ${by})`;

describe('a dataset', () => {
  test('has a file for each day and series, and none that is not whole', () => {
    const paths = filesIn(made).filter((path) => path.startsWith('deltas/'));
    const days = ['2026-08-10', '2026-08-11', '2026-08-12'];
    const series = ['KXGOLD', 'RAIN', '%C3%BCn%C3%AF%2F%F0%9F%8E%B2%20%2A', '__HIVE_DEFAULT_PARTITION__', 'no%20dash'];
    expect(paths).toEqual(
      days.flatMap((day) => series.map((name) => `deltas/day=${day}/series=${name}/part-0.parquet`)).toSorted(),
    );
    expect(filesIn(made).filter((path) => path.startsWith('gaps/'))).toEqual(
      days.map((day) => `gaps/day=${day}/part-0.parquet`),
    );
    expect(filesIn(made).filter((path) => path.endsWith('.part'))).toEqual([]);
  });

  test('is to DuckDB what was recorded, with day and series as columns', async () => {
    const found = await askDuckdb(
      `select market, seq, price, delta, epoch_us(exchange_at) as us, epoch_ms(received_at) as ms, day, series from ${hive('deltas')} order by seq`,
    );
    const expected = records.flatMap((record) =>
      record.kind === 'delta'
        ? [
            {
              market: record.market,
              seq: String(record.seq),
              price: record.price,
              delta: String(record.delta),
              us: String(record.exchangeAtUs),
              ms: String(record.receivedAtMs),
              day: new Date(record.receivedAtMs).toISOString().slice(0, 10),
              series: record.market.startsWith('-') ? null : record.market.split('-')[0],
            },
          ]
        : [],
    );
    expect(found).toEqual(expected);
    const gaps = await askDuckdb(
      `select day, cause, market from ${hive('gaps', `{'day': date}`)} order by from_at, cause`,
    );
    expect(gaps).toEqual(
      records.flatMap((record) =>
        record.kind === 'gap'
          ? [
              {
                day: new Date(record.fromAtMs).toISOString().slice(0, 10),
                cause: record.cause,
                market: record.market ?? null,
              },
            ]
          : [],
      ),
    );
  });

  test('is the same to hyparquet and to arrow-rs, which refuses what is not as it is written down', async () => {
    const manifest = manifestIn(made);
    for (const { path, rows } of manifest.files) {
      const file = await asyncBufferFromFile(join(made, path));
      const found = await parquetReadObjects({ file });
      expect(found, path).toHaveLength(rows);
      const table = readParquet(new Uint8Array(readFileSync(join(made, path))));
      const counted = table.recordBatches().reduce((sum, batch) => sum + batch.numRows, 0);
      expect(counted, path).toBe(rows);
      expect(table.recordBatch(0)!.numColumns, path).toBe(Object.keys(found[0]!).length);
    }
  });

  test('has a manifest that says what each file holds, and agrees with the store', async () => {
    const manifest = manifestIn(made);
    expect(manifest.files.map(({ path }) => path).toSorted()).toEqual(parquetIn(made));
    for (const { path, bytes, sha256, rows, day, series } of manifest.files) {
      expect(statSync(join(made, path)).size).toBe(bytes);
      expect(
        createHash('sha256')
          .update(readFileSync(join(made, path)))
          .digest('hex'),
      ).toBe(sha256);
      expect(await askDuckdb(`select count(*)::int as rows from '${join(made, path)}'`)).toEqual([{ rows }]);
      expect(path).toContain(`day=${day}`);
      expect(path.includes('series=KXGOLD/')).toBe(series === 'KXGOLD');
    }
    const [row] = await store.sessions({ id: sessionId });
    const counts = (kind: string) => records.filter((record) => record.kind === kind).length;
    expect(manifest.sessions).toEqual([
      expect.objectContaining({
        session: sessionId,
        agrees: true,
        records: {
          deltas: row!.deltas,
          snapshots: row!.snapshots,
          trades: row!.trades,
          gaps: row!.gaps,
          markets: 1,
          lifecycle: 2,
          settlements: 3,
          tickers: 1,
          exchange: 1,
        },
      }),
    ]);
    expect(row).toMatchObject({ deltas: counts('delta'), gaps: counts('gap'), facts: 5 });
    expect(manifest.damaged).toEqual([]);
  });

  test('is covered day by day as the store says of what it has snapshots of', async () => {
    const found = await askDuckdb(
      `select market, epoch_ms(from_at)::double as from_ms, epoch_ms(to_at)::double as to_ms, covered, cause
       from ${hive('coverage')} order by market, from_at`,
    );
    const days = [0, 1, 2].map((day) => firstDayMs + day * dayMs);
    const expected = [];
    for (const market of markets.toSorted()) {
      for (const fromMs of days) {
        for (const { fromMs: from, toMs: to, covered, cause } of await store.coverage(market, fromMs, fromMs + dayMs))
          expected.push({ market, from_ms: from, to_ms: to, covered, cause });
      }
    }
    const byMarket = (rows: readonly Record<string, unknown>[]) => Object.groupBy(rows, ({ market }) => String(market));
    expect(byMarket(found)).toEqual(byMarket(expected));
  });

  test('is described by a README, a schema with units, and views that open it', async () => {
    const readme = readFileSync(join(made, 'README.md'), 'utf8');
    const schema = JSON.parse(readFileSync(join(made, 'schema.json'), 'utf8')) as {
      tables: { name: string; fields: { name: string; description: string }[] }[];
    };
    expect(schema.tables.map(({ name }) => name)).toEqual([...exportedKinds, 'coverage']);
    for (const { name, fields } of schema.tables) {
      expect(readme).toContain(`## ${name}`);
      for (const field of fields) {
        const line = readme
          .split('\n')
          .find((each) => each.startsWith(`| \`${field.name}\` |`) && each.endsWith(`| ${field.description} |`));
        expect(line, `${name}.${field.name}`).toBeDefined();
      }
      const described = await askDuckdb(`describe select * from ${hive(name, `{'day': date}`)}`);
      expect(described.map((column) => column['column_name'])).toEqual([
        ...fields.map((field) => field.name),
        'day',
        ...(['gaps', 'lifecycle', 'exchange'].includes(name) ? [] : ['series']),
      ]);
    }
    expect(schema.tables[0]!.fields.find(({ name }) => name === 'price')!.description).toContain('1 dollar is 10000');
  });

  test('is what a reader makes of it when rows had to wait on disk, however many series there are', async () => {
    const tight = newFolder();
    await store.exportDataset({ folder: tight, units, bufferBytes: 1 });
    expect(contentOf(tight)).toEqual(contentOf(made));
    expect(existsSync(join(tight, '.export/rows.spill'))).toBe(false);
  });
});
