// Stands between the store and PostgreSQL on loopback, and fails in the ways that networks do.
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export type FaultyProxy = AsyncDisposable & {
  readonly url: string;
  /**
   * - `pass`: as if it were not there.
   * - `swallow`: connections stay open and nothing gets through any more, in either direction.
   * - `end-at-start`: a new connection is ended as soon as it says something.
   * - `start-only`: a connection is started as usual, and then nothing that is asked gets through.
   * - `hold-binds`: a statement that is new to its connection is described, and then nothing more is asked: what the server sees of a
   *   process that is stopped at that moment.
   * - `lose-commit`: the next commit reaches the server; its answer does not come back, and the connection is cut.
   */
  mode: 'pass' | 'swallow' | 'end-at-start' | 'start-only' | 'hold-binds' | 'lose-commit';
  /** Where new connections go: what an address does that moves to another server. */
  farPort: number;
  /** Ends all connections that there are. */
  cut(): void;
  /** Connections accepted so far. */
  connections(): number;
};

const bind = 'B'.charCodeAt(0);
const readyForQuery = 'Z\0\0\0\u0005I';

export async function startFaultyProxy(url: string): Promise<FaultyProxy> {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  let connections = 0;

  const server = createServer((near) => {
    connections++;
    const far = connect(proxy.farPort, hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    let started = false;
    let ready = false;
    const isHeld = (data: Buffer): boolean =>
      proxy.mode === 'swallow' ||
      (proxy.mode === 'start-only' && ready) ||
      (proxy.mode === 'hold-binds' && data[0] === bind);
    near.on('data', (data: Buffer) => {
      if (proxy.mode === 'end-at-start' && !started) near.end();
      else if (!isHeld(data)) far.write(data);
      started = true;
    });
    far.on('data', (data) => {
      if (proxy.mode === 'swallow') return;
      ready ||= data.includes(readyForQuery);
      if (proxy.mode === 'lose-commit' && data.includes('COMMIT\0')) {
        proxy.mode = 'pass';
        near.destroy();
      } else near.write(data);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const near = new URL(url);
  near.port = String((server.address() as { port: number }).port);

  const proxy: FaultyProxy = {
    url: near.href,
    mode: 'pass',
    farPort: Number(port),
    cut: () => {
      for (const socket of sockets) socket.destroy();
    },
    connections: () => connections,
    [Symbol.asyncDispose]: async () => {
      proxy.cut();
      server.close();
      await once(server, 'close');
    },
  };
  return proxy;
}
