// What reading back costs: `node --conditions=@trader/source bench/reading.ts [deltas in millions] [seconds between
// keyframes]`, on a real PostgreSQL, fresh and compacted. One busy market and 22 others on one subscription, as they come.
import { seededRandom, startPostgres } from '@trader/testkit';
import { createSessionStore } from '../src/index.ts';

const millions = Number(process.argv[2] ?? 2);
const intervalMs = Number(process.argv[3] ?? 60) * 1000;
const tuning = { compaction: { everyMs: 2 ** 31 - 1 }, keyframes: { intervalMs } };
const total = millions * 1e6;
/** A busy market's mean is 220 changes a second; a fifth of this is one market. */
const perSecond = 1100;
const busy = 'BUSY';
const startMs = Date.UTC(2026, 6, 26);

const server = await startPostgres();
await using _ = server;
const url = await server.createDatabase();
await using store = await createSessionStore({ url, ...tuning, queryTimeoutMs: 120_000 });

const random = seededRandom(1);
const session = await store.openSession({ recorder: 'bench' });
const marketOf = () => (random() < 0.2 ? busy : `M-${Math.floor(random() * 22)}`);
const books = new Map<string, Map<number, number>>();
let seq = 0;
for (const market of [busy, ...Array.from({ length: 22 }, (_, index) => `M-${index}`)]) {
  const yes = Array.from({ length: 40 }, (_, index) => [100 * (index + 1), 100_000] as const);
  session.append({ kind: 'snapshot', epoch: 1, sid: 1, seq: ++seq, market, receivedAtMs: startMs, yes, no: [] });
  books.set(market, new Map(yes));
}
for (let index = 0; index < total; index++) {
  const market = marketOf();
  const book = books.get(market)!;
  const price = 100 * (1 + Math.floor(random() * 40));
  const held = book.get(price) ?? 0;
  const delta = Math.max(-held, Math.round((random() - 0.5) * 10 ** (2 + Math.floor(random() * 3))) || 1);
  book.set(price, held + delta);
  const receivedAtMs = startMs + Math.floor((index / perSecond) * 1000);
  const exchangeAtMs = receivedAtMs - 12 - Math.floor(random() * 34);
  const place = { kind: 'delta', epoch: 1, sid: 1, seq: ++seq, market, side: 'yes', price } as const;
  if (session.append({ ...place, delta, exchangeAtMs, receivedAtMs }) === 'full') await session.drained();
}
await session.close({ status: 'closed', reason: 'bench' });
const hours = total / perSecond / 3600;
console.log(`${millions} M deltas of 23 markets, ${hours.toFixed(2)} h of a busy subscription`);

const rate = (count: number, ms: number) => `${(count / ms / 1000).toFixed(2)} M/s`;
const percentile = (sorted: readonly number[], share: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!.toFixed(1);

async function measure(level: string): Promise<void> {
  const replayed = async (what: string, options: object) => {
    const [began, cpu] = [performance.now(), process.cpuUsage()];
    let count = 0;
    for await (const record of store.replay(session.id, options)) count += record.kind === 'delta' ? 1 : 0;
    const ms = performance.now() - began;
    const { user, system } = process.cpuUsage(cpu);
    const own = `${(((user + system) * 1000) / count).toFixed(0)} ns of this process's CPU each`;
    console.log(`${level}: replay of ${what}: ${count} deltas in ${ms.toFixed(0)} ms, ${rate(count, ms)}, ${own}`);
  };
  await replayed('all', {});
  await replayed('all again', {});
  await replayed('one market', { markets: [busy] });
  const middleMs = startMs + (hours * 3_600_000) / 2;
  await replayed('five minutes of one market', { markets: [busy], fromMs: middleMs, toMs: middleMs + 300_000 });
  const tookMs: number[] = [];
  for (let round = 0; round < (level === 'fresh' ? 10 : 300); round++) {
    const atMs = startMs + Math.floor(random() * hours * 3_600_000);
    const began = performance.now();
    const book = await store.bookAt(busy, atMs);
    tookMs.push(performance.now() - began);
    if (!book.synced) throw new Error(`not in sync: ${book.why}`);
  }
  tookMs.sort((one, other) => one - other);
  console.log(`${level}: bookAt p50 ${percentile(tookMs, 0.5)} ms, p99 ${percentile(tookMs, 0.99)} ms`);
  const began = performance.now();
  const { ok, laws } = await store.verify(session.id);
  const ms = performance.now() - began;
  console.log(
    `${level}: verify ${ok ? 'finds nothing' : JSON.stringify(laws)} in ${ms.toFixed(0)} ms, ${rate(total, ms)}`,
  );
}

await measure('fresh');
const began = performance.now();
await store.compact();
console.log(`compacted in ${((performance.now() - began) / 1000).toFixed(1)} s`);
await measure('compacted');
