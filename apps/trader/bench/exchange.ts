// The exchange, in a process of its own: frames made beforehand, and sent as fast as they are read. It writes bytes to the
// connection itself, past `ws`, so that it is never what is measured.
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { WebSocketServer } from 'ws';
import { SID, Traffic, type Sums } from './traffic.ts';

export type ExchangeOptions = { readonly markets: number; readonly deltas: number };

/** To the parent. */
export type ExchangeReport =
  | {
      readonly type: 'ready';
      readonly port: number;
      readonly tickers: readonly string[];
      readonly sums: Sums;
      /** Of the books after the last delta. */
      readonly digest: string;
      readonly bytesPerFrame: number;
    }
  /** All is written. In microseconds of this process's processor time. */
  | { readonly type: 'played'; readonly cpuUs: number };

/** Bytes of one write: more does not make it faster, and pongs still find their way between two of them. */
const CHUNK_BYTES = 65_536;
/** What a second of the exchange's time holds. */
const DELTAS_PER_SECOND = 5000;

const { markets, deltas } = JSON.parse(process.argv[2] ?? '') as ExchangeOptions;
const traffic = new Traffic(markets, 1);
const answer = Buffer.concat(
  [`{"type":"subscribed","id":1,"msg":{"channel":"orderbook_delta","sid":${SID}}}`, ...traffic.snapshots()].map(
    wrapped,
  ),
);
// All of it is in the past by when it is read, as an exchange's times are.
const startMs = Date.now() - Math.ceil((deltas / DELTAS_PER_SECOND) * 1000);
const chunks: Buffer[] = [];
let bytes = 0;
for (let left = deltas, chunk: Buffer[] = [], size = 0; left > 0; left--) {
  const frame = wrapped(traffic.delta(startMs + Math.floor(((deltas - left) * 1000) / DELTAS_PER_SECOND)));
  chunk.push(frame);
  size += frame.length;
  if (size < CHUNK_BYTES && left > 1) continue;
  chunks.push(Buffer.concat(chunk));
  bytes += size;
  chunk = [];
  size = 0;
}

let connection: Socket | undefined;
const server = createServer();
new WebSocketServer({ server, perMessageDeflate: false }).on('connection', (socket, request) => {
  connection = request.socket;
  socket.on('error', () => undefined);
  socket.once('message', () => {
    request.socket.write(answer);
    socket.on('message', (data: Buffer) => {
      throw new Error(`a command that no benchmark foresees: ${data.toString('utf8', 0, 200)}`);
    });
  });
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  const { tickers, sums } = traffic;
  report({ type: 'ready', port, tickers, sums, digest: traffic.digest(), bytesPerFrame: bytes / deltas });
});

// Any message is the order to play to the newest connection.
process.on('message', () => void play(connection!));
process.on('disconnect', () => process.exit());

async function play(socket: Socket): Promise<void> {
  const before = process.cpuUsage();
  for (const chunk of chunks) {
    if (!socket.write(chunk)) await new Promise((resolve) => void socket.once('drain', resolve));
  }
  const { user, system } = process.cpuUsage(before);
  report({ type: 'played', cpuUs: user + system });
}

/** A text message as a server sends it: unmasked, in one piece (RFC 6455 section 5.2). */
function wrapped(text: string): Buffer {
  const payload = Buffer.from(text);
  const { length } = payload;
  const header = length > 125 ? [0x81, 126, length >> 8, length & 0xff] : [0x81, length];
  return Buffer.concat([Buffer.from(header), payload]);
}

function report(message: ExchangeReport): void {
  process.send?.(message);
}
