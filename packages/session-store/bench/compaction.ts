// What compaction gives and costs: on many markets' traffic made from seeds, and on recorded traffic of 23 markets put on one
// subscription, as if they had been recorded at the same time. `node --conditions=@trader/source bench/compaction.ts`.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { gunzipSync } from 'node:zlib';
import { captures } from '@trader/testkit';
import { createSessionStore, type StoreRecord } from '../src/index.ts';
import { Compaction } from '../src/compaction/compaction.ts';
import type { Engine } from '../src/database/engines/engine.ts';
import { PostgresEngine } from '../src/database/engines/postgres-engine.ts';
import { systemRuntime } from '../src/runtime.ts';
import { Partitions } from '../src/partitions/partitions.ts';
import { appendAll } from './recording.ts';
import { median } from './rounds.ts';
import { startServer } from './server.ts';
import { Traffic } from './traffic.ts';

type Line = {
  readonly recv_ms: number;
  readonly event: {
    readonly type: 'orderbook_delta' | 'orderbook_snapshot' | 'trade';
    readonly msg: {
      readonly market_ticker: string;
      readonly side: 'yes' | 'no';
      readonly price_dollars: string;
      readonly delta_fp: string;
      readonly ts_ms: number;
      readonly yes_dollars_fp?: readonly (readonly [string, string])[];
      readonly no_dollars_fp?: readonly (readonly [string, string])[];
    };
  };
};

await measureCrowd(1000);
await measureCrowd(5000);

async function bytesOf(sql: typeof server.sql, table: string): Promise<number> {
  await sql.unsafe(`vacuum ${table}`);
  const [sizes] = await sql`
    select sum(pg_total_relation_size(inhrelid))::float8 as bytes from pg_inherits where inhparent = ${table}::regclass`;
  return sizes!['bytes'] as number;
}

const perDelta = async (table: string) => `${((await bytesOf(server.sql, table)) / deltas).toFixed(2)} bytes a delta`;

/** A million deltas, 3,000 a second over all markets: what a step takes, and a delta in all. */
async function measureCrowd(markets: number): Promise<void> {
  const deltas = 1_000_000;
  await using server = await startServer();
  {
    await using store = await createSessionStore({ url: server.url, compaction: false });
    const session = await store.openSession({ recorder: 'crowd' });
    const traffic = new Traffic({ markets, perSecond: 3000, tradesPerHundred: 0 });
    await appendAll(session, traffic.snapshots());
    for (let made = 0; made < deltas; made += 50_000) await appendAll(session, traffic.deltas(50_000));
    await session.close({ status: 'closed', reason: 'recorded' });
  }
  const engine = new PostgresEngine(server.url, 15_000, systemRuntime);
  const stepsMs: number[] = [];
  const timed: Engine = {
    name: engine.name,
    async transact(work, options) {
      const began = performance.now();
      const result = await engine.transact(work, options);
      stepsMs.push(performance.now() - began);
      return result;
    },
    close: async () => engine.close(),
  };
  const tuning = { afterMs: 0, everyMs: null, targetRecords: 4096 };
  const backendUs = await server.backendUs();
  await new Compaction(timed, new Partitions(timed), tuning).compactAll();
  const serverUs = ((await server.backendUs()) - backendUs) / deltas;
  await engine.close();
  const bytes = await bytesOf(server.sql, 'market_chunks');
  console.log(
    `${markets} markets, ${deltas} deltas: ${serverUs.toFixed(1)} µs of the server's processor time a delta, ` +
      `${(bytes / deltas).toFixed(2)} bytes a delta; ${stepsMs.length} steps, p50 ${median(stepsMs).toFixed(0)} ms, longest ${Math.max(...stepsMs).toFixed(0)} ms`,
  );
}

const gold = captures('ws-gold15m-2026-08/events');
if (gold.missing) throw new Error('This benchmark needs the recorded captures, which are not here.');

const startMs = Date.UTC(2026, 7, 11);
const price = (dollars: string) => Math.round(Number(dollars) * 10_000);
const size = (contracts: string) => Math.round(Number(contracts) * 100);
const levels = (side: readonly (readonly [string, string])[] = []) =>
  side.map(([dollars, contracts]) => [price(dollars), size(contracts)] as const);

/** Every market from the beginning of its recording on, interleaved by time and numbered anew. */
function records(): StoreRecord[] {
  const lines: { readonly at: number; readonly line: Line }[] = [];
  for (const window of readdirSync(gold.path)) {
    let first: number | null = null;
    for (const file of readdirSync(join(gold.path, window)).toSorted()) {
      for (const text of gunzipSync(readFileSync(join(gold.path, window, file)))
        .toString()
        .split('\n')) {
        if (text === '') continue;
        const line = JSON.parse(text) as Line;
        first ??= line.recv_ms;
        if (line.event.type !== 'trade') lines.push({ at: line.recv_ms - first, line });
      }
    }
  }
  lines.sort((one, other) => one.at - other.at);
  return lines.map(({ at, line: { recv_ms, event } }, index): StoreRecord => {
    const { msg } = event;
    const receivedAtMs = startMs + at;
    const common = { epoch: 1, sid: 1, seq: index + 1, market: msg.market_ticker, receivedAtMs };
    if (event.type === 'orderbook_snapshot') {
      return { kind: 'snapshot', ...common, yes: levels(msg.yes_dollars_fp), no: levels(msg.no_dollars_fp) };
    }
    const exchangeAtMs = receivedAtMs - (recv_ms - msg.ts_ms);
    const change = { side: msg.side, price: price(msg.price_dollars), delta: size(msg.delta_fp) };
    return { kind: 'delta', ...common, ...change, exchangeAtMs };
  });
}

await using server = await startServer();
await using store = await createSessionStore({ url: server.url, compaction: false });
const session = await store.openSession({ recorder: 'gold' });
for (const record of records()) if (session.append(record) === 'full') await session.drained();
const { deltas } = await session.close({ status: 'closed', reason: 'recorded' });

const markets = await store.query('select market, count(*) as deltas from deltas group by market order by deltas');
const read = async (which: 'smallest' | 'middle' | 'largest') => {
  const market = markets.at({ smallest: 0, middle: Math.floor(markets.length / 2), largest: -1 }[which])!;
  const times: number[] = [];
  for (let round = 0; round < 9; round++) {
    const started = performance.now();
    await store.query('select count(*), sum(delta), max(seq), max(received_at) from deltas where market = $1', [
      market['market'],
    ]);
    times.push(performance.now() - started);
  }
  times.sort((one, other) => one - other);
  return `${which} market, ${String(market['deltas'])} deltas: ${times[4]!.toFixed(0)} ms`;
};
const readAll = async () => [await read('smallest'), await read('middle'), await read('largest')].join('; ');

console.log(`${deltas} deltas of ${markets.length} markets on one subscription`);
console.log(`fresh:     ${await perDelta('delta_chunks')}; ${await readAll()}`);
const delay = monitorEventLoopDelay({ resolution: 1 });
const [backendUs, cpu, started] = [await server.backendUs(), process.cpuUsage(), performance.now()];
delay.enable();
await store.compact();
delay.disable();
const took = performance.now() - started;
const { user, system } = process.cpuUsage(cpu);
const usADelta = (us: number) => `${(us / deltas).toFixed(2)} µs a delta`;
console.log(
  `compacted: ${Math.round(took)} ms; processor time of the server ` +
    `${usADelta((await server.backendUs()) - backendUs)}, of this process ${usADelta(user + system)}; ` +
    `event loop held up for ${(delay.max / 1e6).toFixed(1)} ms at most`,
);
console.log(`compacted: ${await perDelta('market_chunks')}; ${await readAll()}`);
console.log(`keyframes: ${await perDelta('keyframes')}`);
