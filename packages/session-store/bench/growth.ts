// Whether a delta's price depends on how many markets there are and on how much is stored already.
// node --conditions=@trader/source growth.ts
import { createSessionStore, type StoreRecord } from '../src/index.ts';
import { requireSame, sumsOf, sumsOfSession, type Sums } from './checksum.ts';
import { collectGarbage } from './garbage.ts';
import { nodeTime, nodeTimeSince } from './processor.ts';
import { appendAll, record } from './recording.ts';
import { atMost, print, round, times, type Row } from './report.ts';
import { interleave, median, medianOf } from './rounds.ts';
import { startServer } from './server.ts';
import { Traffic } from './traffic.ts';

/** Microseconds a delta. */
type Cost = { readonly node: number; readonly server: number; readonly wall: number };

/** What is called flat: other work on the machine moves the figures by about as much. */
const flat = 1.25;
const sumOf = ({ node, server }: Cost) => node + server;
const shown = ({ node, server, wall }: Cost): Pick<Row, 'figure' | 'beside'> => ({
  figure: `${round(node + server)} µs`,
  beside: `Node ${round(node)}, server ${round(server)}; wall ${round(wall)} µs`,
});

await using server = await startServer();
await using store = await createSessionStore({ url: server.url, compaction: false });
await measureMarkets();
await measureStored();

async function measureMarkets(): Promise<void> {
  const deltas = 200_000;
  const rounds = 3;
  const inputs = new Map<number, { records: StoreRecord[]; sums: Sums }>();
  for (const markets of [1, 100, 1000, 5000]) {
    const records = new Traffic({ markets, perSecond: 5000 }).take(deltas);
    inputs.set(markets, { records, sums: sumsOf(records) });
  }
  const results = await interleave([...inputs.keys()], rounds, async (markets): Promise<Cost> => {
    const { records, sums } = inputs.get(markets)!;
    await server.checkpoint();
    collectGarbage();
    const serverUs = await server.backendUs();
    const { session, ms, node } = await record(store, records);
    const cost = {
      node: node.process / deltas,
      server: ((await server.backendUs()) - serverUs) / deltas,
      wall: (ms * 1000) / deltas,
    };
    requireSame(`${markets} markets`, sums, (await store.query(sumsOfSession, [session]))[0]);
    return cost;
  });
  const costOf = (markets: number): Cost => {
    const turns = results.get(markets)!;
    return {
      node: medianOf(turns, ({ node }) => node),
      server: medianOf(turns, (turn) => turn.server),
      wall: medianOf(turns, ({ wall }) => wall),
    };
  };
  print({
    title: 'More markets',
    input: `${round(deltas)} deltas on one subscription, every delta in a random market, 2.5 trades a hundred deltas; processor time a delta, median of ${rounds} rounds`,
    rows: [...inputs.keys()].map((markets): Row => {
      const ratio = median(results.get(markets)!.map((cost, index) => sumOf(cost) / sumOf(results.get(1)![index]!)));
      return {
        what: `${round(markets)} market${markets === 1 ? '' : 's'}`,
        ...shown(costOf(markets)),
        ratio: times(ratio),
        ...(markets === 5000 && { goal: atMost(ratio, flat, 'x') }),
      };
    }),
  });
}

/**
 * What grows with the store is the number of chunks: its indexes have an entry for each. 100 subscriptions make a batch of
 * 5,000 into 100 chunks of 50, so that five million deltas make as many chunks of one day as 500 million do in the ordinary way.
 */
async function measureStored(): Promise<void> {
  const block = 500_000;
  const blocks = 9;
  const sids = 100;
  const traffic = new Traffic({ markets: 1000, perSecond: 5000, sids, tradesPerHundred: 0 });
  const session = await store.openSession({ recorder: 'growth' });
  const costs: Cost[] = [];
  for (let count = 0; count <= blocks; count++) {
    const records = traffic.take(block);
    collectGarbage();
    const serverUs = await server.backendUs();
    const node = nodeTime();
    const started = performance.now();
    await appendAll(session, records);
    await session.flush();
    const wall = ((performance.now() - started) * 1000) / block;
    const cost = {
      node: nodeTimeSince(node).process / block,
      server: ((await server.backendUs()) - serverUs) / block,
      wall,
    };
    // The first warms up.
    if (count > 0) costs.push(cost);
  }
  await session.close({ status: 'closed', reason: 'measured' });
  const [{ chunks, deltas } = { chunks: 0, deltas: 0 }] = await server.sql<{ chunks: number; deltas: number }[]>`
    select count(*)::float8 as chunks, sum(records)::float8 as deltas from delta_chunks where session_id = ${session.id}`;
  if (deltas !== block * (blocks + 1)) throw new Error(`${deltas} deltas stored of ${block * (blocks + 1)}`);
  const middle = (some: readonly Cost[]): Cost => ({
    node: medianOf(some, ({ node }) => node),
    server: medianOf(some, (cost) => cost.server),
    wall: medianOf(some, ({ wall }) => wall),
  });
  const first = middle(costs.slice(0, 3));
  const last = middle(costs.slice(-3));
  const ratio = sumOf(last) / sumOf(first);
  const { slope, error } = fit(costs.map(({ server }, index) => [(index + 1.5) * (chunks / (blocks + 1)), server]));
  print({
    title: 'A larger store',
    input: `${round(deltas)} deltas in ${round(chunks)} chunks of 50 within one day, as many as 500 M deltas make in chunks of 5,000: what grows with the store is the number of chunks`,
    rows: [
      { what: `after ${round(chunks / (blocks + 1))} chunks`, ...shown(first), ratio: times(1) },
      { what: `after ${round(chunks)} chunks`, ...shown(last), ratio: times(ratio), goal: atMost(ratio, flat, 'x') },
      {
        what: 'slope of the server’s part',
        figure: `${round(slope * 100_000 * 50)} µs`,
        beside: `± ${round(error * 100_000 * 50)}, a chunk for 100,000 chunks more, straight line through ${blocks} blocks`,
      },
    ],
  });
}

/** Least squares, with the slope's standard error. */
function fit(points: readonly (readonly [x: number, y: number])[]): { readonly slope: number; readonly error: number } {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const x = mean(points.map(([at]) => at));
  const y = mean(points.map(([, value]) => value));
  const spread = points.reduce((sum, [at]) => sum + (at - x) ** 2, 0);
  const slope = points.reduce((sum, [at, value]) => sum + (at - x) * (value - y), 0) / spread;
  const rest = points.reduce((sum, [at, value]) => sum + (value - y - slope * (at - x)) ** 2, 0);
  return { slope, error: Math.sqrt(rest / (points.length - 2) / spread) };
}
