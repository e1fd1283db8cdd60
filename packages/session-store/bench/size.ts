// Bytes on disk a delta and a trade, by table, fresh and compacted; and what compacting takes.
// node --conditions=@trader/source size.ts
import { createSessionStore, type StoreRecord } from '../src/index.ts';
import { requireSame, sumsOf, sumsOfSession } from './checksum.ts';
import { nodeTime, nodeTimeSince } from './processor.ts';
import { record } from './recording.ts';
import { atMost, print, round, times, type Row } from './report.ts';
import { createRowTable, rowTable, rowWriters } from './row-writers.ts';
import { startServer } from './server.ts';
import { recordedMarkets } from './tapes.ts';
import { Traffic } from './traffic.ts';

const recorded = recordedMarkets();
const records = recorded ?? generated();
const deltas = records.filter((record) => record.kind === 'delta');
const trades = records.filter(({ kind }) => kind === 'trade').length;

await using server = await startServer();
await using store = await createSessionStore({ url: server.url, compaction: false });

const { session } = await record(store, records);
requireSame('fresh', sumsOf(records), await stored());
const fresh = await sizes();

const node = nodeTime();
const serverUs = await server.backendUs();
const started = performance.now();
const { moved } = await store.compact();
const ms = performance.now() - started;
const compacting = {
  node: nodeTimeSince(node).process / moved,
  server: ((await server.backendUs()) - serverUs) / moved,
};
requireSame('compacted', sumsOf(records), await stored());
const compacted = await sizes();

await server.sql.unsafe(createRowTable);
const tickers = [...new Set(deltas.map(({ market }) => market))];
const copied = deltas.slice(0, 200_000);
const copy = rowWriters(server.sql, new Map(tickers.map((ticker, index) => [ticker, index]))).at(-1)!;
await copy.write(copied);
await server.sql.unsafe(`vacuum (analyze) ${rowTable}`);
const [{ bytes: rowBytes } = { bytes: 0 }] = await server.sql<
  { bytes: number }[]
>`select pg_total_relation_size(${rowTable}::regclass)::float8 as bytes`;
const perRow = rowBytes / copied.length;

const perDelta = (bytes: number) => `${round(bytes / deltas.length)} bytes`;
const deltaTables = ['delta_chunks', 'market_chunks', 'keyframes'];
const sum = (of: ReadonlyMap<string, number>, tables: Iterable<string>) =>
  [...tables].reduce((total, table) => total + (of.get(table) ?? 0), 0);
const total = (what: string, of: ReadonlyMap<string, number>): Row => {
  const bytes = sum(of, deltaTables);
  const parts = deltaTables.filter((table) => of.get(table)! / deltas.length >= 0.01);
  return {
    what,
    figure: perDelta(bytes),
    beside: parts.map((table) => `${table} ${round(of.get(table)! / deltas.length)}`).join(', '),
    ratio: times(bytes / deltas.length / perRow),
    goal: atMost(bytes / deltas.length, 16, ' bytes'),
  };
};

print({
  title: 'Size on disk',
  input:
    `${recorded ? '23 recorded markets interleaved' : '23 generated markets'}: ${round(deltas.length)} deltas, ${round(trades)} trades, ` +
    'batches of 5,000; tables with their indexes and what is stored out of line, after vacuum; ratio against rows',
  rows: [
    total('a delta, fresh', fresh),
    total('a delta, compacted', compacted),
    { what: 'a delta as a row with a primary key', figure: `${round(perRow)} bytes`, ratio: times(1) },
    { what: 'a trade', figure: `${round(compacted.get('trade_chunks')! / trades)} bytes` },
    { what: 'everything, a frame', figure: `${round(sum(compacted, compacted.keys()) / records.length)} bytes` },
    {
      what: 'compacting',
      figure: `${round((moved * 1000) / ms)} deltas/s`,
      beside: `a delta: Node ${round(compacting.node)} µs, server ${round(compacting.server)} µs`,
    },
  ],
});

function generated(): StoreRecord[] {
  const traffic = new Traffic({ markets: 23, perSecond: 1200 });
  return [...traffic.snapshots(), ...traffic.take(1_000_000)];
}

async function stored() {
  return (await store.query(sumsOfSession, [session]))[0];
}

/** Bytes by table, of all its partitions together. */
async function sizes(): Promise<Map<string, number>> {
  await server.sql`vacuum (analyze)`;
  const tables = await server.sql<{ name: string; bytes: number }[]>`
    select coalesce(pg_partition_root(oid)::regclass, oid::regclass)::text as name, sum(pg_total_relation_size(oid))::float8 as bytes
    from pg_class
    where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace and relname <> ${rowTable}
    group by 1`;
  return new Map(tables.map(({ name, bytes }) => [name, bytes]));
}
