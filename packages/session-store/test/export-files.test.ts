// What is exported is taken by other people's readers for what it is: types, nulls, units, compression, no rows at all.
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { temporaryFolder } from '@trader/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSessionStore, exportFormats, type ExportOptions, type SessionStore } from '../src/index.ts';
import { askDuckdb } from './ask-duckdb.ts';
import { atMs, delta, gap, snapshot, trade } from './contract.ts';
import { newDatabase } from './databases.ts';
import { readParquetFooter } from './parquet-footer.ts';

const kinds = ['deltas', 'snapshots', 'trades', 'gaps'] as const;
/** Names that a reader could take for something else, or cut in two. */
const odd = [
  'TRUE',
  'INF',
  'NaN',
  '007',
  '1e5',
  '2026-08-10',
  'NULL',
  '=1+1',
  ' a ',
  'a,"b"',
  'a\nb',
  'a\rb\r\nc',
  'ünï🎲',
  '#x',
];
const units = { price: { unit: 'dollar', scale: 10_000 }, size: { unit: 'contract', scale: 100 } } as const;

const folder = temporaryFolder('session-store-export-files-');
let store: SessionStore;
let folders = 0;

beforeAll(async () => {
  store = await createSessionStore({ url: await newDatabase() });
  const session = await store.openSession({ recorder: 'desk-1' });
  let seq = 0;
  for (const market of odd) session.append(snapshot(++seq, { market, ...(market === 'NULL' && { yes: [], no: [] }) }));
  for (const market of odd)
    session.append(delta(++seq, { market, side: seq % 2 === 0 ? 'yes' : 'no', exchangeAtMs: null }));
  session.append(gap({ firstSeq: ++seq, lastSeq: null, toAtMs: null, cause: '', market: 'TRUE' }));
  session.append(gap({ sid: null, firstSeq: null, lastSeq: null, cause: 'no, "really"' }));
  odd.forEach((tradeId, index) =>
    session.append(trade(index + 1, { tradeId, takerSide: index % 2 === 0 ? 'yes' : 'no', isBlockTrade: index === 0 })),
  );
  session.append(trade(null, { takerSide: null, exchangeAtMs: null }));
  await session.close({ status: 'closed', reason: 'test' });
});
afterAll(async () => {
  await store?.close();
  folder.remove();
});

const done = new Map<string, ReturnType<SessionStore['export']>>();
/** Made once for all who only read it. */
const exported = async (options: Omit<ExportOptions, 'folder'>) => {
  const key = inspect(options);
  const result = done.get(key) ?? store.export({ folder: join(folder.path, String(folders++)), ...options });
  done.set(key, result);
  return result;
};

const noRows = { markets: ['never recorded'], toMs: 1 } as const;

describe('a Parquet file', () => {
  test.each(kinds)('of %s without rows has a whole footer, and is read', async (what) => {
    const { file, coverageFile } = await exported({ format: 'parquet', what, ...noRows });
    for (const path of [file, coverageFile]) {
      expect(readParquetFooter(path)).toMatchObject({ rows: 0, rowGroups: 0 });
      expect(await askDuckdb(`select * from '${path}'`)).toEqual([]);
    }
  });

  test.each(kinds)('of %s says which columns are never null, and is right', async (what) => {
    const { file, coverageFile, rows } = await exported({ format: 'parquet', what });
    const footer = readParquetFooter(file);
    expect(footer).toMatchObject({ rows, rowGroups: 1 });
    const nullable = {
      deltas: ['exchange_at'],
      snapshots: ['side', 'price', 'size'],
      trades: ['seq', 'taker_side', 'is_block_trade', 'exchange_at'],
      gaps: ['sid', 'first_seq', 'last_seq', 'to_at', 'market'],
    };
    const optional = (path: string) =>
      readParquetFooter(path).columns.flatMap(({ name, isRequired }) => (isRequired ? [] : [name]));
    expect(optional(file)).toEqual(nullable[what]);
    expect(optional(coverageFile)).toEqual(['cause', 'session_id']);
    const counts = footer.columns.map(({ name }) => `count(${name}) as ${name}`).join();
    const [counted] = await askDuckdb(`select ${counts} from '${file}'`);
    for (const { name, isRequired } of footer.columns)
      expect(Number(counted![name]) === rows || !isRequired, name).toBe(true);
  });

  test('says what made it, what its integers stand for, and what was covered', async () => {
    const { file, coverageFile } = await exported({ format: 'parquet', what: 'deltas', units });
    const rows = await askDuckdb(
      `select decode(key) as key, decode(value) as value from parquet_kv_metadata('${file}')`,
    );
    const metadata = Object.fromEntries(rows.map(({ key, value }) => [String(key), String(value)]));
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    expect(metadata).toMatchObject({
      store: '@trader/session-store',
      store_version: version,
      table: 'deltas',
      price_unit: 'dollar',
      price_scale: '10000',
      size_unit: 'contract',
      size_scale: '100',
      coverage_file: 'coverage.parquet',
    });
    expect(readParquetFooter(file).createdBy).toBe(`@trader/session-store version ${version}`);
    const columns = JSON.parse(metadata['columns']!) as Record<string, string>;
    expect(Object.keys(columns)).toEqual(readParquetFooter(file).columns.map(({ name }) => name));
    expect([columns['price'], columns['delta']]).toEqual([
      expect.stringContaining('1 dollar is 10000'),
      expect.stringContaining('1 contract is 100'),
    ]);
    const inFile = await askDuckdb(`select market, covered, cause from '${coverageFile}'`);
    const told = JSON.parse(metadata['coverage']!) as Record<string, unknown>[];
    expect(told.map(({ market, covered, cause }) => ({ market, covered, cause }))).toEqual(inFile);
    expect(told.length).toBeGreaterThan(odd.length);
  });

  test('says that its scale was not told, where it was not', async () => {
    const { metadata } = readParquetFooter((await exported({ format: 'parquet', what: 'trades' })).file);
    expect(Object.keys(metadata)).not.toContain('price_scale');
    expect((JSON.parse(metadata['columns']!) as Record<string, string>)['yes_price']).toContain('as it was appended');
  });

  test('is compressed with Zstandard where that is asked for', async () => {
    const { file, coverageFile, rows } = await exported({ format: 'zst.parquet', what: 'snapshots' });
    expect([file, coverageFile].map((path) => path.split('/').at(-1))).toEqual([
      'snapshots.zst.parquet',
      'coverage.zst.parquet',
    ]);
    // 6 is Zstandard, 1 Snappy.
    expect(readParquetFooter(file).codecs).toEqual(new Set([6]));
    expect(await askDuckdb(`select count(*) as rows from '${file}'`)).toEqual([{ rows: String(rows) }]);
    expect(readParquetFooter((await exported({ format: 'parquet', what: 'snapshots' })).file).codecs).toEqual(
      new Set([1]),
    );
  });
});

type Field = {
  readonly name: string;
  readonly type: string;
  readonly description: string;
  readonly constraints: object;
};
type Resource = { readonly path: string; readonly schema: { readonly fields: readonly Field[] } };
type Package = { readonly store: object; readonly units: object | null; readonly resources: readonly Resource[] };
const packageOf = (path: string | null) => JSON.parse(readFileSync(path!, 'utf8')) as Package;

/** DuckDB's types for those that a data package gives. */
const duckdbTypes = { string: 'VARCHAR', integer: 'BIGINT', boolean: 'BOOLEAN', datetime: 'TIMESTAMPTZ' } as const;
const typesOf = ({ schema }: Resource) =>
  `{${schema.fields.map(({ name, type }) => `'${name}': '${duckdbTypes[type as keyof typeof duckdbTypes]}'`).join()}}`;

describe('a CSV file', () => {
  test('has sides that no reader takes for a boolean', async () => {
    const { file } = await exported({ format: 'csv', what: 'deltas' });
    const [types] = await askDuckdb(
      `select typeof(side) as side, typeof(price) as price, typeof(received_at) as at from '${file}' limit 1`,
    );
    expect(types).toEqual({ side: 'VARCHAR', price: 'BIGINT', at: 'TIMESTAMP WITH TIME ZONE' });
    expect(await askDuckdb(`select side, count(*)::int as rows from '${file}' group by side order by side`)).toEqual([
      { side: 'side_no', rows: 7 },
      { side: 'side_yes', rows: 7 },
    ]);
    const trades = await exported({ format: 'csv', what: 'trades' });
    expect(
      await askDuckdb(
        `select distinct taker_side as side, typeof(is_block_trade) as block from '${trades.file}' order by 1`,
      ),
    ).toEqual([
      { side: 'side_no', block: 'BOOLEAN' },
      { side: 'side_yes', block: 'BOOLEAN' },
      { side: null, block: 'BOOLEAN' },
    ]);
  });

  test.each(['csv', 'csv.gz', 'csv.zst'] as const)(
    'is read to the letter with the types beside it: %s',
    async (format) => {
      const { file, packageFile } = await exported({ format, what: 'trades' });
      const [resource] = packageOf(packageFile).resources;
      const rows = await askDuckdb(
        `select * from read_csv('${file}', types = ${typesOf(resource!)}, allow_quoted_nulls = false) order by seq`,
      );
      expect(rows.map((row) => row['trade_id'])).toEqual([...odd, 'f195de40-6a3f-418b-1a7e-9d89fee559c0']);
    },
  );

  test('tells no text from an empty one', async () => {
    const { file, packageFile } = await exported({ format: 'csv', what: 'gaps' });
    const [resource] = packageOf(packageFile).resources;
    const query = `select cause, market from read_csv('${file}', types = ${typesOf(resource!)}, allow_quoted_nulls = false)`;
    expect(await askDuckdb(`${query} order by cause`)).toEqual([
      { cause: '', market: 'TRUE' },
      { cause: 'no, "really"', market: null },
    ]);
  });
});

test.each(['jsonl', 'jsonl.gz', 'jsonl.zst'] as const)('%s holds a row a line, by column', async (format) => {
  const { file, packageFile, rows } = await exported({ format, what: 'trades' });
  const bytes = readFileSync(file);
  const text = String(
    format === 'jsonl' ? bytes : format === 'jsonl.gz' ? gunzipSync(bytes) : zstdDecompressSync(bytes),
  );
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines.map((line) => line['trade_id'])).toEqual([...odd, 'f195de40-6a3f-418b-1a7e-9d89fee559c0']);
  expect(lines[0]).toMatchObject({
    seq: 1,
    taker_side: 'yes',
    is_block_trade: true,
    received_at: new Date(atMs).toISOString(),
  });
  expect(lines.at(-1)).toMatchObject({ seq: null, taker_side: null, exchange_at: null });
  const [resource] = packageOf(packageFile).resources;
  expect(Object.keys(lines[0]!)).toEqual(resource!.schema.fields.map(({ name }) => name));
  const types = { columns: typesOf(resource!) };
  const read = await askDuckdb(`select count(*) as rows, count(distinct trade_id) as ids, min(taker_side) as side
    from read_json('${file}', format = 'newline_delimited', columns = ${types.columns})`);
  expect(read).toEqual([{ rows: String(rows), ids: String(rows), side: 'no' }]);
});

test.each(['csv', 'csv.gz', 'csv.zst'] as const)('%s without rows has its columns all the same', async (format) => {
  const { file, coverageFile, packageFile } = await exported({ format, what: 'deltas', ...noRows });
  const { resources } = packageOf(packageFile);
  for (const [index, path] of [file, coverageFile].entries()) {
    // Nothing but a header can be anything to who guesses: DuckDB takes the name `epoch` for a date.
    const read = `read_csv('${path}', header = true, types = ${typesOf(resources[index]!)})`;
    expect(await askDuckdb(`select * from ${read}`)).toEqual([]);
    const described = await askDuckdb(`describe select * from ${read}`);
    expect(described.map((column) => column['column_name'])).toEqual(
      resources[index]!.schema.fields.map(({ name }) => name),
    );
  }
});

test.each(['jsonl', 'jsonl.gz', 'jsonl.zst'] as const)('%s without rows is read, too', async (format) => {
  const { file, coverageFile } = await exported({ format, what: 'deltas', ...noRows });
  for (const path of [file, coverageFile]) expect(await askDuckdb(`select * from '${path}'`)).toEqual([]);
});

test('beside a text file lies what its columns are, as a data package', async () => {
  const { file, coverageFile, packageFile } = await exported({ format: 'csv.zst', what: 'deltas', units });
  expect(packageFile).toBe(`${file}.datapackage.json`);
  const { store, units: told, resources } = packageOf(packageFile);
  expect(told).toEqual(units);
  expect(store).toMatchObject({ name: '@trader/session-store' });
  expect(resources.map(({ path }) => path)).toEqual(['deltas.csv.zst', 'coverage.csv.zst']);
  expect(resources[0]).toMatchObject({ format: 'csv', compression: 'zst', encoding: 'utf-8' });
  const { fields } = resources[0]!.schema;
  expect(fields.find(({ name }) => name === 'price')).toMatchObject({
    type: 'integer',
    constraints: { required: true },
  });
  expect(fields.find(({ name }) => name === 'side')).toMatchObject({ constraints: { enum: ['side_yes', 'side_no'] } });
  expect(fields.find(({ name }) => name === 'exchange_at')).toMatchObject({ type: 'datetime', constraints: {} });
  expect(existsSync(coverageFile)).toBe(true);
  // Parquet has all of it in the file.
  expect((await exported({ format: 'parquet', what: 'deltas' })).packageFile).toBeNull();
});

describe('an export that can never be', () => {
  const target = join(folder.path, 'refused');
  const whole = { format: 'csv', what: 'deltas', folder: target };
  test.each([
    [
      'an unknown format',
      { format: 'xlsx' },
      /^format must be one of parquet, zst\.parquet, csv, .*, jsonl\.zst, not "xlsx"\.$/,
    ],
    ['a format without a name', { format: undefined }, /^format must be one of .*, not undefined\.$/],
    ['an unknown compression', { format: 'csv.xz' }, /not "csv\.xz"/],
    ['a compressed Parquet file', { format: 'parquet.zst' }, /zst\.parquet/],
    ['another case', { format: 'CSV' }, /not "CSV"/],
    ['what every object has', { format: 'toString' }, /not "toString"/],
    [
      'an unknown kind',
      { what: 'delta' },
      /^what must be one of deltas, snapshots, trades, gaps, .*, exchange, not "delta"\.$/,
    ],
    ['a folder that is none', { folder: 7 }, /^folder must be a path, not 7\.$/],
    ['an empty folder', { folder: '' }, /^folder must be a path/],
    [
      'a scale of nothing',
      { units: { ...units, price: { unit: 'dollar', scale: 0 } } },
      /^units\.price\.scale must be/,
    ],
    ['a unit without a name', { units: { ...units, size: { unit: '', scale: 1 } } }, /^units\.size\.unit must be/],
    ['one unit of two', { units: { price: units.price } }, /^units\.size must be/],
  ])('%s is refused by name, before anything is read or written', async (_name, over, message) => {
    await expect(store.export({ ...whole, ...over } as never)).rejects.toThrow(
      expect.objectContaining({ name: 'TypeError', message: expect.stringMatching(message) as string }) as Error,
    );
    expect(existsSync(target)).toBe(false);
  });

  test('each format that is named works', async () => {
    for (const format of exportFormats) {
      await store.export({ ...whole, format, what: 'gaps', ...noRows });
      expect(readdirSync(target)).toContain(`gaps.${format}`);
    }
    expect(readdirSync(target).filter((name) => name.endsWith('.part'))).toEqual([]);
    rmSync(target, { recursive: true });
  });
});

test('from the beginning to the end of all times is everything', async () => {
  const bounded = await exported({ format: 'csv', what: 'deltas' });
  const all = await exported({ format: 'csv', what: 'deltas', fromMs: -Infinity, toMs: Infinity });
  for (const file of ['file', 'coverageFile'] as const)
    expect(readFileSync(all[file], 'utf8')).toBe(readFileSync(bounded[file], 'utf8'));
});
