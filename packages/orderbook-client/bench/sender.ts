// The other process: an exchange that plays prepared frames as fast as they are read, or at a pace. It writes bytes to
// the connection itself, past `ws`, so that it is never what is measured.
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { seededRandom } from '@trader/testkit';
import { WebSocketServer } from 'ws';
import {
  answersTo,
  deltaText,
  firstDeltaSeq,
  MARKETS_PER_COMMAND,
  snapshotText,
  stampNow,
  wrapped,
  writeStamp,
} from './frames.ts';
import { MarketFlow } from './market-flow.ts';
import type { SenderOptions, SenderOrder, SenderReport } from './sender-process.ts';

const { grid, markets, deltas, tls, repairs } = JSON.parse(process.argv[2] ?? '') as SenderOptions;
/** Bytes of one write: more does not make it faster, and pongs still find their way between two of them. */
const CHUNK_BYTES = 65_536;

const random = seededRandom(markets);
const flows = Array.from({ length: markets }, (_, index) => new MarketFlow(grid, index));
const answers = Array.from({ length: Math.ceil(markets / MARKETS_PER_COMMAND) }, (_, command) =>
  Buffer.concat(Array.from(answersTo(command, flows), wrapped)),
);
/** Behind one lost number and the delta that shows it. */
const firstRepairSeq = firstDeltaSeq(markets) + 2;
if (repairs) {
  for (let first = 0; first < markets; first += MARKETS_PER_COMMAND) {
    const asked = flows.slice(first, first + MARKETS_PER_COMMAND);
    const texts = asked.map((flow, at) => snapshotText(first + at, firstRepairSeq + first + at, flow));
    answers.push(Buffer.concat(texts.map(wrapped)));
  }
}
const levels = flows.reduce((sum, flow) => sum + flow.levels('yes').length + flow.levels('no').length, 0);
const frames = Array.from({ length: deltas }, (_, index) => {
  const market = Math.floor(random() * markets);
  return wrapped(deltaText(market, firstDeltaSeq(markets) + index, flows[market]!.next()));
});
const deltaBytes = frames.reduce((sum, frame) => sum + frame.length, 0);
const chunks = concatenated(frames);

const server = tls ? createTlsServer(tls) : createServer();
let connection: Socket | undefined;
new WebSocketServer({ server, perMessageDeflate: false }).on('connection', (socket, request) => {
  let command = 0;
  connection = request.socket;
  const connectedAt = stampNow();
  socket.on('error', () => undefined);
  socket.on('message', (data: Buffer) => {
    const answer = answers[command++];
    if (!answer) throw new Error(`a command that no benchmark foresees: ${data.toString('utf8', 0, 200)}`);
    request.socket.write(answer);
  });
  report({ type: 'connected', at: connectedAt });
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  const bestBids = flows.map((flow) => flow.best('yes'));
  report({ type: 'ready', port, bestBids, deltaBytes, levelsPerBook: levels / markets });
});

process.on('message', (order: SenderOrder) => void obey(order));
process.on('disconnect', () => process.exit());

async function obey(order: SenderOrder): Promise<void> {
  if (!connection) throw new Error('nobody is connected');
  switch (order.do) {
    case 'play':
      return play(connection);
    case 'pace':
      return pace(connection, order.perSecond);
    case 'lose-one':
      connection.write(wrapped(deltaText(0, firstDeltaSeq(markets) + 1, flows[0]!.next())));
      return;
    case 'cut': {
      const at = stampNow();
      connection.destroy();
      report({ type: 'cut', at });
    }
  }
}

async function play(socket: Socket): Promise<void> {
  for (const chunk of chunks) {
    if (socket.destroyed) return;
    // After the reader has left this waits for ever, and is forgotten.
    if (!socket.write(chunk)) await new Promise((resolve) => void socket.once('drain', resolve));
  }
}

/** Evenly, each frame stamped as it is written. It spins, because no timer is as fine as that. */
async function pace(socket: Socket, perSecond: number): Promise<void> {
  const startedMs = performance.now();
  for (const [index, frame] of frames.entries()) {
    const dueMs = startedMs + (index * 1000) / perSecond;
    if (index % 16 === 0) await turn();
    while (performance.now() < dueMs);
    if (socket.destroyed) return;
    writeStamp(frame, stampNow());
    socket.write(frame);
  }
}

function concatenated(parts: readonly Buffer[]): Buffer[] {
  const chunks: Buffer[] = [];
  let first = 0;
  let bytes = 0;
  for (const [index, part] of parts.entries()) {
    bytes += part.length;
    if (bytes < CHUNK_BYTES && index < parts.length - 1) continue;
    chunks.push(Buffer.concat(parts.slice(first, index + 1)));
    first = index + 1;
    bytes = 0;
  }
  return chunks;
}

function report(message: SenderReport): void {
  process.send?.(message);
}
