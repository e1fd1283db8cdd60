// A database that is away while records come: what that takes of memory and disk, and whether all is there afterwards.
// `node --expose-gc --conditions=@trader/source bench/database-away.ts [seconds away] [records a second]`. Time is scaled: the
// records of those seconds are appended as fast as the spool takes them.
import { readdirSync, statSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { startPostgres, temporaryFolder } from '@trader/testkit';
import postgres from 'postgres';
import { createSessionStore } from '../src/index.ts';
import { startFaultyProxy } from '../test/faulty-proxy.ts';
import { listen } from '../test/listen.ts';

const [secondsAway = 3600, perSecond = 2837] = process.argv.slice(2).map(Number);
const total = secondsAway * perSecond;
const collect = (globalThis as { gc?: () => void }).gc ?? (() => undefined);
const mib = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`;

await using server = await startPostgres();
using folder = temporaryFolder('database-away-');
await using proxy = await startFaultyProxy(await server.createDatabase());
const dir = join(folder.path, 'spool');
const statuses: string[] = [];
const store = await createSessionStore({
  url: proxy.url,
  queryTimeoutMs: 5000,
  spool: { dir },
  on: listen({
    onStatus: (status) => statuses.push(status.state === 'failing' ? `failing (${status.error.code})` : 'writing'),
  }),
});
const session = await store.openSession({ recorder: 'bench' });
const append = (seq: number) =>
  session.append({
    kind: 'delta',
    epoch: 1,
    sid: 1,
    seq,
    market: `MARKET-${seq % 23}`,
    side: seq & 1 ? 'yes' : 'no',
    price: 100 * (1 + (seq % 99)),
    delta: (seq % 1000) - 500,
    exchangeAtMs: null,
    receivedAtMs: 1_785_901_540_000 + Math.floor((seq * 1000) / perSecond),
  });
append(1);
await session.flush();
proxy.mode = 'swallow';
collect();
const before = process.memoryUsage();
let mostHeap = 0;
let mostRss = 0;
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
const startedAtMs = performance.now();
for (let seq = 2; seq <= total; seq++) {
  const hasRoom = append(seq);
  if (seq % 2000 === 0) await new Promise((resolve) => setImmediate(resolve));
  if (!hasRoom) await session.drained();
  if (seq % 500_000 === 0) {
    await session.durable().catch(() => undefined);
    collect();
    const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
    mostHeap = Math.max(mostHeap, heapUsed + arrayBuffers);
    mostRss = Math.max(mostRss, rss);
  }
}
await session.durable();
const appendedAtMs = performance.now();
const onDisk = readdirSync(dir).reduce((sum, name) => sum + statSync(join(dir, name)).size, 0);
const blockedMs = delay.max / 1e6;
delay.disable();
proxy.mode = 'pass';
const row = await session.close({ status: 'closed', reason: 'bench', timeoutMs: 900_000 });
const writtenAtMs = performance.now();
await store.close();
const sql = postgres(proxy.url, { max: 1 });
const [stored] = await sql`select count(*)::int as records, count(distinct seq)::int as numbers from deltas`;
await sql.end({ timeout: 1 });
console.log(`${cpus()[0]?.model}, Node ${process.version}`);
console.log(`database away for ${secondsAway} s at ${perSecond} records/s: ${total} records`);
console.log(
  `appended in ${((appendedAtMs - startedAtMs) / 1000).toFixed(1)} s; heap ${mib(before.heapUsed + before.arrayBuffers)} before, at most ` +
    `${mib(mostHeap)} (RSS ${mib(mostRss)}); spool ${mib(onDisk)}; longest turn of the event loop ${blockedMs.toFixed(0)} ms, collections asked for included`,
);
console.log(
  `written in ${((writtenAtMs - appendedAtMs) / 1000).toFixed(1)} s after it came back; session says ${row.deltas}, stored ` +
    `${String(stored!['records'])} under ${String(stored!['numbers'])} numbers; status ${statuses.join(', ')}`,
);
process.exitCode = row.deltas === total && stored!['records'] === total && stored!['numbers'] === total ? 0 : 1;
