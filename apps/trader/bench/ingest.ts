// Unpaced, the whole house: what is left of the speed of reading frames into books once each of them is checked and durably
// recorded. Same frames, same connection, and the app's own recorder.
// node --conditions=@trader/source bench/ingest.ts
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createOrderbookClient, type Level, type Side } from '@trader/orderbook-client';
import { createSessionStore, type RecordingSession, type SessionStore } from '@trader/session-store';
import { startPostgres, temporaryFolder } from '@trader/testkit';
import { WebSocket } from 'ws';
import { Recorder } from '../src/feed/recorder.ts';
import type { ExchangeOptions, ExchangeReport } from './exchange.ts';
import { digestOf, SUMS_OF_SESSION } from './traffic.ts';

/** Times are in ms since the order to play, processor times in µs. */
type Turn = {
  readonly appliedMs: number;
  readonly durableMs: number;
  readonly committedMs: number;
  readonly threadUs: number;
  readonly processUs: number;
  readonly senderUs: number;
  readonly serverUs: number;
  /** Times that the client was told not to read for a while. */
  readonly pauses: number;
};

/** Connected, with all books there, so that only deltas are still to come. */
type Reading = {
  readonly applied: Promise<void>;
  readonly session: RecordingSession | null;
  readonly levels: (ticker: string, side: Side) => readonly Level[];
  readonly pauses: () => number;
  readonly close: () => Promise<void>;
};

type Contender = { readonly name: string; readonly open: () => Promise<Reading> };

const frames = 300_000;
const rounds = 5;
const goal = 0.9;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const options: ExchangeOptions = { markets: 23, deltas: frames };
const exchange = fork(fileURLToPath(new URL('exchange.ts', import.meta.url)), [JSON.stringify(options)], {
  execArgv: ['--conditions=@trader/source'],
});
const reported = async <T extends ExchangeReport['type']>(type: T) => {
  const [report] = (await once(exchange, 'message')) as [ExchangeReport];
  if (report.type !== type) throw new Error(`the exchange reports ${report.type}, not ${type}`);
  return report as Extract<ExchangeReport, { type: T }>;
};
// Nothing that waits for a broken exchange is worth waiting for: this ends the benchmark.
exchange.on('exit', (code) => {
  if (code !== 0) throw new Error(`the exchange ended with code ${code}`);
});
const { port, tickers, sums, digest, bytesPerFrame } = await reported('ready');
const url = `ws://127.0.0.1:${port}/trade-api/ws/v2`;

await using server = await startPostgres();
using folder = temporaryFolder('trader-bench-');
const database = await server.createDatabase();
// Compaction has its own time, which would fall into some turns and not into others.
const common = { url: database, compaction: false } as const;
await using plain = await createSessionStore(common);
await using spooled = await createSessionStore({ ...common, spool: { dir: folder.path } });
const [settings] = await plain.query(
  `select current_setting('fsync') || current_setting('synchronous_commit') as both`,
);
if (settings!['both'] !== 'onon') throw new Error('The benchmark is about durable writes, and fsync is off.');

type Book = Record<Side, Map<number, number>>;
type WireLevels = readonly (readonly [price: string, size: string])[];
type Message = {
  readonly type: string;
  readonly msg: {
    readonly market_ticker: string;
    readonly yes_dollars_fp: WireLevels;
    readonly no_dollars_fp: WireLevels;
    readonly price_dollars: string;
    readonly delta_fp: string;
    readonly side: Side;
  };
};

/** What one writes on the first afternoon: nothing is checked and nothing kept. */
async function openNaive(): Promise<Reading> {
  const books = new Map<string, Book>();
  const synced = Promise.withResolvers<void>();
  const applied = Promise.withResolvers<void>();
  const price = (text: string) => Math.round(Number(text) * 10_000);
  const size = (text: string) => Math.round(Number(text) * 100);
  const levelsOf = (levels: WireLevels) => new Map(levels.map(([at, of]) => [price(at), size(of)]));
  let left = frames;
  const socket = new WebSocket(url, { perMessageDeflate: false });
  socket.on('message', (data: Buffer) => {
    const { type, msg } = JSON.parse(data.toString()) as Message;
    if (type === 'orderbook_delta') {
      const levels = books.get(msg.market_ticker)![msg.side];
      const at = price(msg.price_dollars);
      const now = (levels.get(at) ?? 0) + size(msg.delta_fp);
      if (now === 0) levels.delete(at);
      else levels.set(at, now);
      if (--left === 0) applied.resolve();
    } else if (type === 'orderbook_snapshot') {
      books.set(msg.market_ticker, { yes: levelsOf(msg.yes_dollars_fp), no: levelsOf(msg.no_dollars_fp) });
      if (books.size === tickers.length) synced.resolve();
    }
  });
  await once(socket, 'open');
  const params = { channels: ['orderbook_delta'], market_tickers: tickers };
  socket.send(JSON.stringify({ id: 1, cmd: 'subscribe', params }));
  await synced.promise;
  return {
    applied: applied.promise,
    session: null,
    levels: (ticker, side) => [...books.get(ticker)![side]].toSorted(([a], [b]) => a - b),
    pauses: () => 0,
    close: async () => {
      socket.terminate();
      await once(socket, 'close');
    },
  };
}

/** As the app wires them: a session opens when the feed is live, and takes the snapshots that have waited for it. */
async function openOurs(store: SessionStore | null, recorder: string): Promise<Reading> {
  const credentials = { keyId: 'bench', sign: () => '' };
  const client = createOrderbookClient({ url, markets: tickers, credentials, auditIntervalMs: Infinity });
  const applied = Promise.withResolvers<void>();
  const recording = store && new Recorder(client, (_session, error) => applied.reject(error));
  let left = frames;
  client.on('delta', () => {
    if (--left === 0) applied.resolve();
  });
  client.on('problem', ({ error }) => applied.reject(error));
  client.start();
  await client.whenSynced({ timeoutMs: 10_000 });
  const session = (await store?.openSession({ recorder })) ?? null;
  if (session) recording?.attach(session);
  return {
    applied: applied.promise,
    session,
    levels: (ticker, side) => client.book(ticker)!.levels(side),
    pauses: () => recording?.counters.pauses ?? 0,
    close: async () => {
      await client.close();
      await session?.close({ status: 'closed', reason: 'measured' });
    },
  };
}

const naive: Contender = { name: 'naive: `ws`, `JSON.parse`, maps, nothing stored', open: openNaive };
const bare: Contender = { name: 'ours, nothing stored', open: async () => openOurs(null, '') };
const direct: Contender = { name: 'ours, recorded, no spool', open: async () => openOurs(plain, 'direct') };
const safe: Contender = { name: 'ours, recorded, spool on', open: async () => openOurs(spooled, 'spooled') };
const contenders = [naive, bare, direct, safe];

async function turn({ name, open }: Contender): Promise<Turn> {
  const reading = await open();
  const { session } = reading;
  // Nobody shall write the pages, or collect the garbage, of the one before.
  await server.execute(database, 'checkpoint');
  collectGarbage();
  const serverBefore = await serverUs();
  const cpuBefore = [process.threadCpuUsage(), process.cpuUsage()] as const;
  const startedMs = performance.now();
  const sinceMs = () => performance.now() - startedMs;
  const played = reported('played');
  exchange.send('play');
  await reading.applied;
  const appliedMs = sinceMs();
  const durable = (session?.durable() ?? Promise.resolve()).then(sinceMs);
  const committed = (session?.flush() ?? Promise.resolve()).then(sinceMs);
  const [durableMs, committedMs] = await Promise.all([durable, committed]);
  const threadUs = usOf(process.threadCpuUsage(cpuBefore[0]));
  const processUs = usOf(process.cpuUsage(cpuBefore[1]));
  const serverAfter = await serverUs();
  const { cpuUs: senderUs } = await played;
  const usedUs = [...serverAfter].reduce((sum, [pid, us]) => sum + us - (serverBefore.get(pid) ?? 0), 0);

  if (digestOf(tickers, reading.levels) !== digest) throw new Error(`${name}: the books are wrong`);
  const pauses = reading.pauses();
  await reading.close();
  if (session) await requireStored(name, session);
  return { appliedMs, durableMs, committedMs, threadUs, processUs, senderUs, serverUs: usedUs, pauses };
}

const usOf = ({ user, system }: NodeJS.CpuUsage): number => user + system;

/** Processor time so far of each of the server's processes, in steps of 10 ms, which is what Linux counts in. */
async function serverUs(): Promise<Map<number, number>> {
  const used = new Map<number, number>();
  for (const { pid } of await plain.query('select pid from pg_stat_activity')) {
    try {
      const stat = readFileSync(`/proc/${Number(pid)}/stat`, 'utf8');
      const [, , , , , , , , , , , user, system] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      used.set(Number(pid), (Number(user) + Number(system)) * 10_000);
    } catch {
      // Gone since it was listed, or no Linux: then its time stays unknown.
    }
  }
  return used;
}

async function requireStored(name: string, { id }: RecordingSession): Promise<void> {
  const [stored] = await plain.query(SUMS_OF_SESSION, [id]);
  for (const key of ['deltas', 'changes', 'prices', 'times'] as const) {
    if (Number(stored![key]) !== sums[key]) {
      throw new Error(`${name}: ${key} stored ${String(stored![key])}, sent ${sums[key]}`);
    }
  }
}

// In turns, so that all of them meet the same weather; the first round warms up and is dropped.
const turns = new Map<Contender, Turn[]>(contenders.map((contender) => [contender, []]));
for (let round = 0; round <= rounds; round++) {
  for (const contender of contenders) {
    const result = await turn(contender);
    if (round > 0) turns.get(contender)!.push(result);
  }
}
exchange.disconnect();

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
const medianOf = (contender: Contender, figure: (turn: Turn) => number) => median(turns.get(contender)!.map(figure));
/** Against the naive one of the same round. */
const ratioOf = (contender: Contender, figure: (turn: Turn) => number, base = figure) =>
  median(turns.get(contender)!.map((turn, round) => base(turns.get(naive)![round]!) / figure(turn)));

function row(contender: Contender, until: string, elapsedMs: (turn: Turn) => number, wanted: boolean): string {
  const perFrame = (figure: (turn: Turn) => number) => (medianOf(contender, figure) / frames).toFixed(2);
  const busy = medianOf(
    contender,
    (turn) => (turn.processUs + turn.senderUs + turn.serverUs) / turn.committedMs / 1000,
  );
  const ratio = ratioOf(contender, elapsedMs, ({ appliedMs }) => appliedMs);
  const cells = [
    `${contender.name}, ${until}`,
    Math.round(frames / (medianOf(contender, elapsedMs) / 1000)).toLocaleString('en'),
    `${ratio.toFixed(2)}x${wanted ? ` (≥ ${goal}x ${ratio >= goal ? 'met' : '**missed**'})` : ''}`,
    `${ratioOf(contender, ({ threadUs }) => threadUs).toFixed(2)}x`,
    perFrame(({ threadUs }) => threadUs),
    perFrame(({ processUs }) => processUs),
    perFrame(({ senderUs }) => senderUs),
    perFrame(({ serverUs }) => serverUs),
    busy.toFixed(2),
    String(medianOf(contender, ({ pauses }) => pauses)),
  ];
  return `| ${cells.join(' | ')} |`;
}

console.log(`Node ${process.version}, PostgreSQL 18 with fsync on, ${cpus()[0]?.model.trim()}, ${availableParallelism()} cores, ${process.platform} ${process.arch}, load ${loadavg()[0]!.toFixed(1)}

${frames.toLocaleString('en')} deltas of ${Math.round(bytesPerFrame)} bytes, ${tickers.length} markets, median of ${rounds} rounds; books, count and checksums right

| | frames/s | against naive | by main thread | main thread, µs | process | sender | PostgreSQL | cores busy | pauses |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
${[
  row(naive, 'applied', (turn) => turn.appliedMs, false),
  row(bare, 'applied', (turn) => turn.appliedMs, false),
  row(direct, 'applied', (turn) => turn.appliedMs, false),
  row(direct, 'committed', (turn) => turn.committedMs, true),
  row(safe, 'applied', (turn) => turn.appliedMs, false),
  row(safe, 'durable', (turn) => turn.durableMs, true),
  row(safe, 'committed', (turn) => turn.committedMs, true),
].join('\n')}`);
