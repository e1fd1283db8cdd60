// The exchange's part of `feed.ts`, in a thread of its own: frames by line over a loopback connection, each at its time.
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { frameOf } from './frames.ts';
import { Traffic } from './traffic.ts';

export type Paced = {
  readonly markets: number;
  readonly perSecond: number;
  readonly frames: number;
  /** Milliseconds between two writes: a busy exchange's frames come in small groups. */
  readonly everyMs: number;
};

const { markets, perSecond, frames, everyMs } = workerData as Paced;
const traffic = new Traffic({ markets, perSecond });
traffic.snapshots();
const lines = traffic.deltas(frames).map((record) => Buffer.concat([frameOf(record), Buffer.from('\n')]));

const server = createServer({ noDelay: true }, (socket) => {
  void send();
  async function send(): Promise<void> {
    const startedNs = process.hrtime.bigint();
    // The due time of each frame follows from its place: reader and sender share a clock.
    parentPort!.postMessage({ startedNs }, []);
    const lateMs = new Float64Array(frames);
    for (let sent = 0; sent < frames;) {
      const atMs = Number(process.hrtime.bigint() - startedNs) / 1e6;
      const due = Math.min(frames, Math.floor((atMs / 1000) * perSecond));
      if (due > sent) socket.write(Buffer.concat(lines.slice(sent, due)));
      for (let frame = sent; frame < due; frame++) lateMs[frame] = atMs - ((frame + 1) * 1000) / perSecond;
      sent = due;
      await pause(everyMs);
    }
    socket.end();
    server.close();
    parentPort!.postMessage({ lateMs }, []);
  }
});
server.listen(0, '127.0.0.1', () => {
  parentPort!.postMessage({ port: (server.address() as { port: number }).port }, []);
});
