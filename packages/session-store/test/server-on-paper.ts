// As much of a PostgreSQL server as notes who wants in, with which password, and refuses it.
import { once } from 'node:events';
import { createServer, type ListenOptions, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

type Asked = Readonly<Record<string, string>>;

export class ServerOnPaper implements AsyncDisposable {
  /** What each connection said in its first message, and its password. */
  readonly asked: Asked[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor() {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      void this.#talk(socket);
    });
  }

  static async listen(options: ListenOptions): Promise<ServerOnPaper> {
    const paper = new ServerOnPaper();
    paper.#server.listen(options);
    await once(paper.#server, 'listening');
    return paper;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async #talk(socket: Socket): Promise<void> {
    const [first] = (await once(socket, 'data')) as [Buffer];
    const words = first.toString('utf8', 8).split('\0').slice(0, -2);
    const said = Object.fromEntries(
      words.flatMap((word, index) => (index % 2 ? [] : [[word, words[index + 1] ?? '']])),
    );
    // AuthenticationCleartextPassword
    socket.write(Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 3]));
    const [answer] = (await once(socket, 'data')) as [Buffer];
    this.asked.push({ ...said, password: answer.toString('utf8', 5, answer.length - 1) });
    const fields = Buffer.from('SFATAL\0C28P01\0Mnobody gets in\0\0');
    const head = Buffer.alloc(5);
    head.write('E');
    head.writeInt32BE(fields.length + 4, 1);
    socket.end(Buffer.concat([head, fields]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
