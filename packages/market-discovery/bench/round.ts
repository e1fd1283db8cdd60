// What a round over 10,000 markets costs, and a fact of the lifecycle, each beside the least that it could be, in one run:
// `node --conditions=@trader/source bench/round.ts [markets] [rounds]`.
import { createMarketDiscovery } from '../src/index.ts';
import { BenchRuntime, fetchFrom, pagesOf } from './exchange.ts';

const markets = Number(process.argv[2] ?? 10_000);
const rounds = Number(process.argv[3] ?? 20);
const FACTS = 100_000;

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

async function timed(work: () => Promise<void> | void): Promise<number> {
  (globalThis as { gc?: () => void }).gc?.();
  const started = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1_000;
}

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

let pages = pagesOf(markets, 0);
const fetchPages = fetchFrom(() => pages);

/** The least: every page parsed, and the set of its tickers compared with the one before. */
let before = new Set<string>();
async function floor(): Promise<number> {
  const now = new Set<string>();
  for (let cursor = '0'; cursor !== '';) {
    const answer = await fetchPages(new URL(`https://exchange.test/markets?cursor=${cursor}`));
    const page = JSON.parse(await answer.text()) as { markets: { ticker: string }[]; cursor: string };
    for (const { ticker } of page.markets) now.add(ticker);
    cursor = page.cursor;
  }
  let changes = 0;
  for (const ticker of now) if (!before.has(ticker)) changes++;
  for (const ticker of before) if (!now.has(ticker)) changes++;
  before = now;
  return changes;
}

const runtime = new BenchRuntime();
const discovery = createMarketDiscovery({
  restUrl: 'https://exchange.test',
  fetch: fetchPages,
  runtime,
  limit: markets * 2,
  reconcileEveryMs: 3_600_000,
  keepAfterCloseMs: 0,
});
let changes = 0;
discovery.on('change', ({ added, removed }) => (changes += added.length + removed.length));
discovery.on('problem', ({ error }) => {
  throw error;
});

function nextListing(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const remove = discovery.on('listing', () => {
    remove();
    resolve();
  });
  return promise;
}

/** Until the listing came, and every question that follows from it is answered. */
async function round(): Promise<void> {
  const listed = nextListing();
  discovery.acceptMissedFacts();
  await listed;
  while (discovery.status().questions > 0) await turn();
  runtime.advance(0);
}

const first = nextListing();
discovery.start();
await first;
await floor();

type Row = { readonly what: string; readonly ours: number[]; readonly least: number[] };
const quiet: Row = { what: `a round of ${markets} markets, none new (ms)`, ours: [], least: [] };
const rolling: Row = { what: `a round, a tenth of them new (ms)`, ours: [], least: [] };
for (let index = 0; index <= rounds; index++) {
  for (const [row, from] of [
    [quiet, (index * markets) / 10],
    [rolling, ((index + 1) * markets) / 10],
  ] as const) {
    pages = pagesOf(markets, from);
    const expected = row === quiet ? 0 : 2 * Math.floor(markets / 10);
    changes = 0;
    const [ours, least] = [await timed(round), await timed(async () => void (await floor()))];
    if (changes !== expected || discovery.status().wanted !== markets)
      throw new Error(`${changes} changes instead of ${expected}, ${discovery.status().wanted} markets`);
    // The first warms up.
    if (index === 0) continue;
    row.ours.push(ours);
    row.least.push(least);
  }
}

/** New dates of markets that are wanted: each may bring questions forward. */
const tickers = [...discovery.markets()];
const facts: Row = { what: 'a fact of the lifecycle (microseconds)', ours: [], least: [] };
const known = new Map<string, number>();
for (let index = 0; index <= rounds; index++) {
  const ours = await timed(() => {
    for (let fact = 0; fact < FACTS; fact++)
      discovery.acceptLifecycle({
        market: tickers[fact % markets]!,
        change: 'close_date_updated',
        closeAtMs: 2e12 + fact,
      });
  });
  const least = await timed(() => {
    for (let fact = 0; fact < FACTS; fact++) known.set(tickers[fact % markets]!, 2e12 + fact);
  });
  if (index === 0) continue;
  facts.ours.push((ours * 1_000) / FACTS);
  facts.least.push((least * 1_000) / FACTS);
}
await discovery.close();

console.log('| what | ours | the least | times |\n| --- | --- | --- | --- |');
for (const { what, ours, least } of [quiet, rolling, facts]) {
  const [a, b] = [median(ours), median(least)];
  console.log(
    `| ${what} | ${a.toFixed(2)} | ${b.toFixed(2)} | ${median(ours.map((one, at) => one / least[at]!)).toFixed(2)} |`,
  );
}
console.log(
  `changes told a second in a rolling round: ${Math.round((2 * markets) / 10 / (median(rolling.ours) / 1_000))}`,
);
