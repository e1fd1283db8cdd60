// The way to a server, on a port of its own, which can be shut: then connections are refused, as those to a server that does not run.
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export class Door implements AsyncDisposable {
  readonly url: string;
  readonly #far: URL;
  readonly #port: number;
  readonly #sockets = new Set<Socket>();
  #server: ReturnType<typeof createServer> | null = null;

  private constructor(far: URL, port: number) {
    this.#far = far;
    this.#port = port;
    const near = new URL(far);
    near.port = String(port);
    this.url = near.href;
  }

  /** Shut at first. */
  static async to(url: string): Promise<Door> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    return new Door(new URL(url), port);
  }

  async open(): Promise<void> {
    const server = createServer((near) => {
      const far = connect(Number(this.#far.port), this.#far.hostname);
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(one);
        one.on('error', () => undefined);
        one.on('close', () => {
          this.#sockets.delete(one);
          other.destroy();
        });
        one.pipe(other);
      }
    });
    this.#server = server;
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
  }

  async shut(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    for (const socket of this.#sockets) socket.destroy();
    if (!server) return;
    server.close();
    await once(server, 'close');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.shut();
  }
}
