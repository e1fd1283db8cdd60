// Paced: what recording adds to the time from an exchange's write to a listener's call, and whether it holds up the event
// loop. A frame's time runs from when it is due by a schedule that nothing shifts, so that a receiver which holds up the sender, or a
// sender that is late, is in the figure; how late the sender was by itself is printed beside it.
// node --conditions=@trader/source feed.ts
import { once } from 'node:events';
import { connect } from 'node:net';
import { Worker } from 'node:worker_threads';
import { temporaryFolder } from '@trader/testkit';
import { createSessionStore, type SessionStore } from '../src/index.ts';
import { Reader } from './frames.ts';
import { collectGarbage } from './garbage.ts';
import { LongestTurn } from './longest-turn.ts';
import type { Paced } from './paced-sender.ts';
import { nodeTime, nodeTimeSince } from './processor.ts';
import { print, round, times, type Row } from './report.ts';
import { interleave, medianOf, quantile } from './rounds.ts';
import { startServer } from './server.ts';
import { Traffic } from './traffic.ts';

type Contender = { readonly name: string; readonly store: SessionStore | null };
type Turn = {
  /** In milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** By processor time: see `LongestTurn`. */
  readonly longestBlock: number;
  /** The sender's own part of `p99`. */
  readonly senderP99: number;
  /** Share of one core that this thread used. */
  readonly load: number;
};

const rounds = 3;
const seconds = 2.5;
const markets = 23;

await using server = await startServer();
using folder = temporaryFolder('store-bench-');
await using plain = await createSessionStore({ url: server.url });
await using spooled = await createSessionStore({ url: server.url, spool: { dir: folder.path } });
const control: Contender = { name: 'nothing stored', store: null };
const contenders: Contender[] = [
  control,
  { name: 'recorded, no spool', store: plain },
  { name: 'recorded, spool on', store: spooled },
];

for (const perSecond of [10_000, 50_000]) {
  const results = await interleave(contenders, rounds, async ({ name, store }) => turn(name, store, perSecond));
  const rows = contenders.map((contender): Row => {
    const turns = results.get(contender)!;
    const base = results.get(control)!;
    const of = (figure: (turn: Turn) => number) => medianOf(turns, figure);
    const addedP50 = of(({ p50 }) => p50) / medianOf(base, ({ p50 }) => p50);
    const addedP99 = of(({ p99 }) => p99) - medianOf(base, ({ p99 }) => p99);
    const longest = of(({ longestBlock }) => longestBlock);
    return {
      what: contender.name,
      figure: `p50 ${round(of(({ p50 }) => p50))} ms, p99 ${round(of(({ p99 }) => p99))} ms`,
      beside: `p99 ${addedP99 < 0 ? '' : '+'}${round(addedP99)} ms; sender ${round(of(({ senderP99 }) => senderP99))} ms of it; longest block ${round(longest)} ms (worst round ${round(Math.max(...turns.map(({ longestBlock }) => longestBlock)))}); ${round(of(({ load }) => load) * 100)} % of a core`,
      ratio: times(addedP50),
      ...(contender !== control && {
        goal: {
          text: 'p50 ≤ 1.2x, p99 ≤ +2 ms, block ≤ 10 ms',
          met: addedP50 <= 1.2 && addedP99 <= 2 && longest <= 10,
        },
      }),
    };
  });
  print({
    title: `Feed at ${perSecond.toLocaleString('en')} messages a second`,
    input: `${seconds} s from a loopback connection, ${markets} markets, JSON.parse and maps; from the time a frame is due at the sender until it is in the book and appended; median of ${rounds} rounds`,
    rows,
  });
}

async function turn(name: string, store: SessionStore | null, perSecond: number): Promise<Turn> {
  const paced: Paced = { markets, perSecond, frames: perSecond * seconds, everyMs: 1 };
  const sender = new Worker(new URL('paced-sender.ts', import.meta.url), {
    workerData: paced,
    execArgv: ['--conditions=@trader/source'],
  });
  const exited = once(sender, 'exit');
  const [{ port }] = (await once(sender, 'message')) as [{ port: number }];
  const snapshots = new Traffic({ markets, perSecond }).snapshots();
  const session = await store?.openSession({ recorder: name });
  const reader = new Reader(snapshots, session ? (record) => void session.append(record) : null);
  collectGarbage();
  const started = once(sender, 'message') as Promise<[{ startedNs: bigint }]>;
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  const [{ startedNs }] = await started;
  const sent = once(sender, 'message') as Promise<[{ lateMs: Float64Array }]>;
  const handledMs = new Float64Array(paced.frames);
  using longest = new LongestTurn();
  const node = nodeTime();
  let frames = 0;
  let rest: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    longest.next();
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const receivedAtMs = Date.now();
    let from = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, from)) {
      reader.read(bytes.subarray(from, end), receivedAtMs);
      from = end + 1;
      handledMs[frames++] = Number(process.hrtime.bigint() - startedNs) / 1e6;
    }
    rest = bytes.subarray(from);
  });
  await once(socket, 'close');
  const { thread: usedUs } = nodeTimeSince(node);
  const longestBlock = longest.ms;
  await session?.close({ status: 'closed', reason: 'measured' });
  if (session && session.counters().deltas !== paced.frames)
    throw new Error(`${name}: ${session.counters().deltas} deltas`);
  const [{ lateMs }] = await sent;
  await exited;
  const late = handledMs.map((ms, index) => ms - ((index + 1) * 1000) / perSecond);
  return {
    p50: quantile(late, 0.5),
    p99: quantile(late, 0.99),
    senderP99: quantile(lateMs, 0.99),
    longestBlock,
    load: usedUs / 1e6 / seconds,
  };
}
