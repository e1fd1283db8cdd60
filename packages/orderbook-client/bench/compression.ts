// What permessage-deflate saves on the link, and what it costs the reader. node compression.ts
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent } from 'node:http';
import type { Socket as TcpSocket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { createWebSocketOpener } from '../src/index.ts';
import { collectGarbage } from './garbage.ts';
import { print, round, times } from './report.ts';
import { interleave, median } from './rounds.ts';
import type { SenderReport } from './compression-sender.ts';

const FRAMES = 50_000;
const MARKETS = 1000;
const ROUNDS = 3;

const child = fork(fileURLToPath(new URL('compression-sender.ts', import.meta.url)), [String(FRAMES), String(MARKETS)]);
const [{ port, textBytes }] = (await once(child, 'message')) as [SenderReport];

/** Bytes on the wire and processor time of this process (zlib's threads too), of each frame. */
async function read(perMessageDeflate: boolean): Promise<{ bytes: number; nanoseconds: number }> {
  collectGarbage();
  let wire: TcpSocket | undefined;
  const agent = new Agent();
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (...given) => (wire = connect(...given) as TcpSocket);
  let frames = 0;
  const before = process.cpuUsage();
  await new Promise<void>((resolve) => {
    createWebSocketOpener({ agent, perMessageDeflate })(
      `ws://127.0.0.1:${port}`,
      {},
      {
        serverTime: () => undefined,
        opened: () => undefined,
        ping: () => undefined,
        pong: () => undefined,
        frame: () => void frames++,
        closed: () => resolve(),
      },
    );
  });
  const { user, system } = process.cpuUsage(before);
  if (frames !== FRAMES) throw new Error(`${frames} of ${FRAMES} frames came`);
  return { bytes: wire!.bytesRead / FRAMES, nanoseconds: ((user + system) * 1000) / FRAMES };
}

const results = await interleave([false, true], ROUNDS, read);
child.kill();

const plain = results.get(false)!;
const deflated = results.get(true)!;
const figure = (of: typeof plain, what: 'bytes' | 'nanoseconds'): number => median(of.map((one) => one[what]));

print({
  title: 'Compression',
  input: `${FRAMES} deltas of ${MARKETS} markets, ${round(textBytes / FRAMES)} bytes of text each, one context for all; median of ${ROUNDS} rounds`,
  rows: (['bytes', 'nanoseconds'] as const).flatMap((what) => {
    const unit = what === 'bytes' ? 'bytes on the wire a frame' : 'ns CPU a frame, without decoding';
    const base = figure(plain, what);
    return [
      { what: `perMessageDeflate: false, ${unit}`, figure: round(base) },
      {
        what: `perMessageDeflate: true, ${unit}`,
        figure: round(figure(deflated, what)),
        ratio: times(figure(deflated, what) / base),
      },
    ];
  }),
});
