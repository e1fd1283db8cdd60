// A transaction pooler, as much of one as matters here: each transaction of a client goes to the next of a few connections to the
// server, which know nothing of what the client prepared or set before. It takes only the parameters at the start that poolers take.
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export type Pooler = AsyncDisposable & {
  readonly url: string;
  /** Transactions that were given a connection so far. */
  transactions(): number;
  /** Those of which a client used another connection than for its last one. */
  moves(): number;
};

type Backend = { readonly socket: Socket; client: Client | null; rest: Buffer };
type Client = {
  readonly socket: Socket;
  rest: Buffer;
  backend: Backend | null;
  last: Backend | null;
  /** Messages that wait for a connection. */
  queued: Buffer[];
};

const knownAtStart = new Set(['user', 'database', 'client_encoding', 'application_name', 'options']);
const ready = 'Z'.charCodeAt(0);
const terminate = 'X'.charCodeAt(0);
const idle = 'I'.charCodeAt(0);

const message = (type: string, body: Buffer): Buffer => {
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
};

const authenticationOk = message('R', Buffer.from([0, 0, 0, 0]));
const readyForQuery = message('Z', Buffer.from('I'));
const refusal = (code: string, text: string) => message('E', Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${text}\0\0`));

/** Takes whole messages off the front. @returns them, and what is left */
function split(data: Buffer): readonly [Buffer[], Buffer] {
  const whole: Buffer[] = [];
  let rest = data;
  while (rest.length >= 5 && rest.length > rest.readInt32BE(1)) {
    const length = rest.readInt32BE(1) + 1;
    whole.push(rest.subarray(0, length));
    rest = rest.subarray(length);
  }
  return [whole, rest];
}

function startupOf(url: URL): Buffer {
  const words = ['user', url.username, 'database', url.pathname.slice(1), 'client_encoding', 'UTF8', ''].join('\0');
  const body = Buffer.from(`${words}\0`);
  const head = Buffer.alloc(8);
  head.writeInt32BE(body.length + 8, 0);
  head.writeInt32BE(196_608, 4);
  return Buffer.concat([head, body]);
}

/** @param size of its connections, which are opened at once */
export async function startPooler(url: string, size = 4): Promise<Pooler> {
  const far = new URL(url);
  const sockets = new Set<Socket>();
  const free: Backend[] = [];
  const waiting: Client[] = [];
  let transactions = 0;
  let moves = 0;

  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  };

  const release = (backend: Backend) => {
    if (backend.client) backend.client.backend = null;
    backend.client = null;
    free.push(backend);
    const next = waiting.shift();
    if (next) forward(next);
  };

  const forward = (client: Client) => {
    if (!client.backend) {
      // The one that has been idle for longest, so that nobody gets the same twice.
      const backend = free.shift();
      if (!backend) {
        if (!waiting.includes(client)) waiting.push(client);
        return;
      }
      transactions++;
      if (client.last && client.last !== backend) moves++;
      Object.assign(client, { backend, last: backend });
      backend.client = client;
    }
    for (const each of client.queued.splice(0)) client.backend!.socket.write(each);
  };

  const open = () => {
    const backend: Backend = { socket: connect(Number(far.port), far.hostname), client: null, rest: Buffer.alloc(0) };
    keep(backend.socket);
    backend.socket.write(startupOf(far));
    backend.socket.on('data', (data: Buffer) => {
      const [messages, rest] = split(Buffer.concat([backend.rest, data]));
      backend.rest = rest;
      for (const each of messages) {
        backend.client?.socket.write(each);
        if (each[0] === ready && each[5] === idle) release(backend);
      }
    });
  };
  for (let count = 0; count < size; count++) open();

  const server = createServer((socket) => {
    keep(socket);
    const client: Client = { socket, rest: Buffer.alloc(0), backend: null, last: null, queued: [] };
    let hasStarted = false;
    socket.on('data', (data: Buffer) => {
      client.rest = Buffer.concat([client.rest, data]);
      if (!hasStarted) {
        const length = client.rest.readInt32BE(0);
        const words = client.rest.toString('utf8', 8, length).split('\0');
        client.rest = client.rest.subarray(length);
        hasStarted = true;
        const names = words.filter((word, index) => index % 2 === 0 && word !== '');
        const unknown = names.find((name) => !knownAtStart.has(name));
        if (unknown !== undefined) {
          socket.end(refusal('08P01', `unsupported startup parameter: ${unknown}`));
          return;
        }
        socket.write(Buffer.concat([authenticationOk, readyForQuery]));
      }
      const [messages, rest] = split(client.rest);
      client.rest = rest;
      client.queued.push(...messages.filter((each) => each[0] !== terminate));
      if (client.queued.length > 0) forward(client);
    });
    socket.on('close', () => {
      const at = waiting.indexOf(client);
      if (at !== -1) waiting.splice(at, 1);
      if (!client.backend) return;
      client.backend.socket.destroy();
      open();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const near = new URL(url);
  near.port = String((server.address() as { port: number }).port);

  return {
    url: near.href,
    transactions: () => transactions,
    moves: () => moves,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
