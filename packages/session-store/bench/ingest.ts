// Unpaced: what is left of the speed of reading frames into books once every delta is durably recorded too.
// node --conditions=@trader/source ingest.ts
import { temporaryFolder } from '@trader/testkit';
import { createSessionStore, type SessionId, type SessionStore } from '../src/index.ts';
import { requireSame, sumsOf, sumsOfSession } from './checksum.ts';
import { frameOf, Reader } from './frames.ts';
import { collectGarbage } from './garbage.ts';
import { nodeTime, nodeTimeSince, type NodeTime } from './processor.ts';
import { atLeast, print, round, times, type Row } from './report.ts';
import { interleave, median, medianOf } from './rounds.ts';
import { startServer } from './server.ts';
import { startMs, Traffic } from './traffic.ts';

type Turn = { readonly perSecond: number; readonly node: NodeTime };
type Contender = { readonly name: string; readonly store: SessionStore | null };

const frames = 300_000;
const rounds = 3;
const traffic = new Traffic({ markets: 23, perSecond: 5000 });
const snapshots = traffic.snapshots();
const deltas = traffic.deltas(frames).map((record) => ({ ...record, receivedAtMs: startMs + 60_000 }));
const bytes = deltas.map(frameOf);

await using server = await startServer();
using folder = temporaryFolder('store-bench-');
await using plain = await createSessionStore({ url: server.url });
await using spooled = await createSessionStore({ url: server.url, spool: { dir: folder.path } });
const naive: Contender = { name: 'parse and book, nothing stored', store: null };
const contenders: Contender[] = [
  naive,
  { name: 'the same, and recorded, no spool', store: plain },
  { name: 'the same, and recorded, spool on', store: spooled },
];
const sessions = new Map<Contender, SessionId>();

async function turn(contender: Contender): Promise<Turn> {
  await server.checkpoint();
  collectGarbage();
  const session = await contender.store?.openSession({ recorder: contender.name });
  let hasRoom = true;
  const started = performance.now();
  const node = nodeTime();
  const reader = new Reader(
    snapshots,
    session
      ? (record) => {
          hasRoom = session.append(record) !== 'full';
        }
      : null,
  );
  for (const frame of bytes) {
    reader.read(frame, startMs + 60_000);
    if (!hasRoom) {
      await session!.drained();
      hasRoom = true;
    }
  }
  await session?.flush();
  const ms = performance.now() - started;
  const { thread, process } = nodeTimeSince(node);
  if (session) {
    sessions.set(contender, session.id);
    await session.close({ status: 'closed', reason: 'measured' });
  }
  return { perSecond: (frames * 1000) / ms, node: { thread: thread / frames, process: process / frames } };
}

const results = await interleave(contenders, rounds, turn);
for (const [contender, session] of sessions) {
  const [stored] = await contender.store!.query(sumsOfSession, [session]);
  requireSame(contender.name, sumsOf(deltas), stored);
}

const row = (contender: Contender): Row => {
  const turns = results.get(contender)!;
  const share = (figure: (turn: Turn) => number) =>
    median(turns.map((turn, index) => figure(turn) / figure(results.get(naive)![index]!)));
  const ratio = share(({ perSecond }) => perSecond);
  const byThread = 1 / share(({ node }) => node.thread);
  return {
    what: contender.name,
    figure: `${round(medianOf(turns, ({ perSecond }) => perSecond))}/s`,
    beside: `Node ${round(medianOf(turns, ({ node }) => node.process))} µs (thread ${round(medianOf(turns, ({ node }) => node.thread))}, ${times(byThread)} by it)`,
    ratio: times(ratio),
    ...(contender !== naive && { goal: atLeast(ratio, 0.9, 'x') }),
  };
};

print({
  title: 'Ingest, unpaced',
  input:
    `${frames.toLocaleString('en')} frames of ${round(bytes.reduce((sum, { length }) => sum + length, 0) / frames)} bytes, 23 markets, from memory through ` +
    `JSON.parse into maps, until all is committed; stores as they come, compaction on; median of ${rounds} rounds`,
  rows: contenders.map(row),
});
