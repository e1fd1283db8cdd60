// Deltas a second into durable storage, ours beside rows. node --conditions=@trader/source write.ts
import { temporaryFolder } from '@trader/testkit';
import {
  createSessionStore,
  type DeltaRecord,
  type SessionId,
  type SessionStore,
  type StoreRecord,
} from '../src/index.ts';
import { requireSame, sumsIn, sumsOf, sumsOfSession } from './checksum.ts';
import { collectGarbage } from './garbage.ts';
import { nodeTime, nodeTimeSince, type NodeTime } from './processor.ts';
import { record } from './recording.ts';
import { atLeast, atMost, print, round, times, type Row } from './report.ts';
import { interleave, median, medianOf } from './rounds.ts';
import { createRowTable, rowTable, rowWriters } from './row-writers.ts';
import { startServer } from './server.ts';
import { tickerOf, Traffic } from './traffic.ts';

type Turn = {
  readonly perSecond: number;
  /** Microseconds of processor time a delta. */
  readonly node: NodeTime;
  readonly server: number;
  readonly append?: number;
};

type Contender = { readonly name: string; readonly turn: () => Promise<Turn>; readonly verify: () => Promise<void> };

const rounds = 3;
const markets = 23;
const most = 400_000;
const traffic = { markets, perSecond: 5000 } as const;
const deltas = new Traffic(traffic).deltas(most);
const withTrades = new Traffic(traffic).take(most);

await using server = await startServer();
using folder = temporaryFolder('store-bench-');
await server.sql.unsafe(createRowTable);
// Compaction is measured by `size.ts`: at this rate it would begin within a turn and be half of it.
const tuning = { compaction: false } as const;
await using plain = await createSessionStore({ url: server.url, ...tuning });
await using spooled = await createSessionStore({ url: server.url, spool: { dir: `${folder.path}/spool` }, ...tuning });
await using embedded = await createSessionStore({ dataDir: `${folder.path}/embedded`, ...tuning });

const perDelta = (node: NodeTime, count: number): NodeTime => ({
  thread: node.thread / count,
  process: node.process / count,
});

const rows = rowWriters(
  server.sql,
  new Map(Array.from({ length: markets }, (_, market) => [tickerOf(market), market])),
).map(({ name, deltas: count, write }): Contender => ({
  name,
  turn: async () => {
    const records = deltas.slice(0, count);
    await server.sql.unsafe(`truncate ${rowTable}`);
    await prepare();
    const serverUs = await server.backendUs();
    const node = nodeTime();
    const started = performance.now();
    await write(records);
    const ms = performance.now() - started;
    const used = perDelta(nodeTimeSince(node), count);
    const turn = {
      perSecond: (count * 1000) / ms,
      node: used,
      server: ((await server.backendUs()) - serverUs) / count,
    };
    const [stored] = await server.sql.unsafe(
      sumsIn(`(select *, case when yes then 'yes' else 'no' end as side from ${rowTable})`, 'market_id'),
    );
    requireSame(name, sumsOf(records), stored);
    return turn;
  },
  verify: async () => undefined,
}));

function ours(
  name: string,
  store: SessionStore,
  records: readonly StoreRecord[],
  given: readonly DeltaRecord[],
): Contender {
  let last: SessionId;
  const count = given.length;
  return {
    name,
    turn: async () => {
      await prepare();
      const serverUs = await server.backendUs();
      const { session, ms, appendUs, node } = await record(store, records);
      last = session;
      const used = ((await server.backendUs()) - serverUs) / count;
      const server_ = store.engine === 'postgres' ? used : 0;
      return { perSecond: (count * 1000) / ms, node: perDelta(node, count), server: server_, append: appendUs / count };
    },
    verify: async () => requireSame(name, sumsOf(records), (await store.query(sumsOfSession, [last]))[0]),
  };
}

async function prepare(): Promise<void> {
  await server.checkpoint();
  collectGarbage();
}

const [drizzle, , , copy] = rows as [Contender, Contender, Contender, Contender];
const plainTurns = ours('ours, no spool', plain, deltas, deltas);
const spooledTurns = ours('ours, spool on', spooled, deltas, deltas);
const tradesToo = ours('ours, spool on, 2.5 trades a hundred deltas too', spooled, withTrades, deltas);
const embeddedTurns = ours('ours, embedded, spool on', embedded, deltas.slice(0, 200_000), deltas.slice(0, 200_000));
const contenders = [...rows, plainTurns, spooledTurns, tradesToo, embeddedTurns];

const results = await interleave(contenders, rounds, async ({ turn }) => turn());
for (const { verify } of contenders) await verify();

const rate = (contender: Contender) => medianOf(results.get(contender)!, ({ perSecond }) => perSecond);
/** Round by round, as both met the same weather. */
const against = (contender: Contender, other: Contender) =>
  median(results.get(contender)!.map(({ perSecond }, index) => perSecond / results.get(other)![index]!.perSecond));

const row = (contender: Contender): Row => {
  const turns = results.get(contender)!;
  const cpu = medianOf(turns, ({ node }) => node.process);
  const thread = medianOf(turns, ({ node }) => node.thread);
  const server = medianOf(turns, (turn) => turn.server);
  const isMain = contender === spooledTurns || contender === plainTurns;
  return {
    what: contender.name,
    figure: `${round(rate(contender))}/s`,
    beside: `Node ${round(cpu)} µs (thread ${round(thread)}), server ${round(server)} µs`,
    ratio: times(against(contender, copy)),
    ...(isMain && { goal: atLeast(against(contender, copy), 1, 'x COPY') }),
  };
};

const figures = [plainTurns, spooledTurns].flatMap((contender): Row[] => {
  const turns = results.get(contender)!;
  const append = medianOf(turns, (turn) => turn.append!);
  const all = medianOf(turns, ({ node }) => node.process);
  const overDrizzle = against(contender, drizzle);
  return [
    { what: `${contender.name}: against Drizzle`, figure: times(overDrizzle), goal: atLeast(overDrizzle, 20, 'x') },
    { what: `${contender.name}: within append`, figure: `${round(append)} µs`, goal: atMost(append, 1, ' µs') },
    { what: `${contender.name}: Node in all`, figure: `${round(all)} µs`, goal: atMost(all, 1.5, ' µs') },
  ];
});

print({
  title: 'Writing',
  input:
    `${most.toLocaleString('en')} deltas of ${markets} markets in batches of 5,000 (rows: as many as take about a second), one ` +
    `connection, ratios against COPY, processor time a delta, median of ${rounds} rounds, count and checksum of what is stored right`,
  rows: [...contenders.map(row), ...figures],
});
