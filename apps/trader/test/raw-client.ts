// A client that sends bytes, right or wrong, and keeps what comes back.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export class RawClient implements AsyncDisposable {
  readonly socket: Socket;
  /** Resolves with all that came, once the connection is closed, whoever closed it and however. */
  readonly closed: Promise<string>;
  #received = '';
  #changed = Promise.withResolvers<void>();

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => {
      this.#received += text;
      this.#changed.resolve();
    });
    // Also how a server may end a connection.
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        this.#changed.resolve();
        resolve(this.#received);
      });
    });
  }

  /** @param base `http://127.0.0.1:7070`: where, whatever is then spoken */
  static async connect(base: string): Promise<RawClient> {
    const socket = connect(Number(new URL(base).port), '127.0.0.1');
    const client = new RawClient(socket);
    await once(socket, 'connect');
    return client;
  }

  get received(): string {
    return this.#received;
  }

  get isClosed(): boolean {
    return this.socket.closed;
  }

  send(bytes: string | Buffer): this {
    this.socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
    return this;
  }

  /** Waits for what fits, or for the end. */
  async until(fits: (received: string) => boolean): Promise<string> {
    while (!fits(this.#received) && !this.socket.closed) {
      this.#changed = Promise.withResolvers();
      await this.#changed.promise;
    }
    return this.#received;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.destroy();
    await this.closed;
  }
}

/** What comes back on a connection of its own, until the server closes it. */
export async function exchange(base: string, bytes: string | Buffer): Promise<string> {
  await using client = await RawClient.connect(base);
  return await client.send(bytes).closed;
}

/** A request with a right `Host` and these further lines. */
export const requestOf = (target: string, lines: readonly string[] = [], method = 'GET'): string =>
  [`${method} ${target} HTTP/1.1`, 'Host: 127.0.0.1', ...lines, '', ''].join('\r\n');

/** A request to speak WebSocket, right but for what `lines` add. */
export const upgradeOf = (target: string, lines: readonly string[] = []): string =>
  requestOf(target, [
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
    ...lines,
  ]);

/** Status and code of the first answer; the code is `null` where there is none. */
export function outcomeOf(received: string): readonly [status: number, code: string | null] {
  const status = /^HTTP\/1\.1 (\d{3})/.exec(received)?.[1];
  return [Number(status), /"error":\{"code":"([A-Z_]+)"/.exec(received)?.[1] ?? null];
}
