// A plain WebSocket client, as any user of the real exchange would write it: it signs, sends commands and keeps every
// frame as it came. It waits for facts only.
import { constants, sign } from 'node:crypto';
import { once } from 'node:events';
import { inTime } from '@trader/testkit';
import { WebSocket } from 'ws';
import type { Exchange } from '../src/index.ts';

export type Frame = {
  readonly type: string;
  readonly id?: number;
  readonly sid?: number;
  readonly seq?: number;
  // Tests name the fields they expect; a wrong one fails there.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly msg: any;
};

export interface Handshake {
  readonly atMs?: number;
  readonly keyId?: string;
  readonly privateKeyPem?: string;
  readonly signedPath?: string;
  readonly headers?: (signed: Record<string, string>) => Record<string, string>;
}

export function signedHeaders(exchange: Exchange, handshake: Handshake = {}): Record<string, string> {
  const { keyId = exchange.credentials.keyId, privateKeyPem = exchange.credentials.privateKeyPem } = handshake;
  const timestamp = String(handshake.atMs ?? Date.now());
  const text = Buffer.from(`${timestamp}GET${handshake.signedPath ?? '/trade-api/ws/v2'}`);
  const isRsa = privateKeyPem.length > 500;
  const { RSA_PKCS1_PSS_PADDING: padding, RSA_PSS_SALTLEN_DIGEST: saltLength } = constants;
  const signature = isRsa
    ? sign('sha256', text, { key: privateKeyPem, padding, saltLength })
    : sign(undefined, text, privateKeyPem);
  const signed = {
    'KALSHI-ACCESS-KEY': keyId,
    'KALSHI-ACCESS-TIMESTAMP': timestamp,
    'KALSHI-ACCESS-SIGNATURE': signature.toString('base64'),
  };
  return handshake.headers ? handshake.headers(signed) : signed;
}

export class TestClient implements AsyncDisposable {
  /** Frames as text, in the order of arrival. */
  readonly texts: string[] = [];
  readonly pings: string[] = [];
  readonly closed: Promise<number>;
  readonly #socket: WebSocket;
  readonly #waiting = new Set<() => void>();
  /** By the start of the answer. */
  readonly #barriers = new Map<string, () => void>();
  #nextBarrier = 1_000_000;

  static async connect(exchange: Exchange, handshake?: Handshake): Promise<TestClient> {
    const socket = new WebSocket(exchange.url, { headers: signedHeaders(exchange, handshake) });
    const client = new TestClient(socket);
    await once(socket, 'open');
    return client;
  }

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data) => this.#received((data as Buffer).toString()));
    socket.on('ping', (data) => this.#arrived(() => this.pings.push(data.toString())));
    this.closed = new Promise((resolve) => socket.once('close', resolve));
  }

  get frames(): Frame[] {
    return this.texts.map((text) => JSON.parse(text) as Frame);
  }

  of(type: string): Frame[] {
    return this.frames.filter((frame) => frame.type === type);
  }

  /** Sends commands or raw text, all in one write. */
  send(...commands: (object | string)[]): void {
    for (const command of commands) this.#socket.send(typeof command === 'string' ? command : JSON.stringify(command));
  }

  sendBinary(command: object | string): void {
    this.#socket.send(Buffer.from(typeof command === 'string' ? command : JSON.stringify(command)));
  }

  subscribe(id: number, tickers: readonly string[], more: object = {}): void {
    this.send({ id, cmd: 'subscribe', params: { channels: ['orderbook_delta'], market_tickers: tickers, ...more } });
  }

  update(id: number, action: string, tickers: readonly string[] | undefined, sid = 1): void {
    this.send({ id, cmd: 'update_subscription', params: { sid, action, market_tickers: tickers } });
  }

  /** Resolves when `fact` is true, which is looked at after each arrival. */
  async until(fact: () => boolean): Promise<void> {
    const come = async () => {
      while (!fact()) await new Promise<void>((resolve) => this.#waiting.add(resolve));
    };
    await inTime(come(), () => `${fact.toString()}; ${this.#whatCame()}`);
  }

  /** Resolves when everything that was sent before has been answered and has arrived; the answer to it is not kept. */
  async settled(): Promise<void> {
    const id = this.#nextBarrier++;
    const reached = new Promise<void>((resolve) => this.#barriers.set(`{"type":"ok","id":${id}`, resolve));
    this.send({ id, cmd: 'list_subscriptions' });
    await inTime(reached, () => `no answer to list_subscriptions ${id}; ${this.#whatCame()}`);
  }

  /** Sends a ping and resolves with the body of the pong. */
  async ping(body: string): Promise<string> {
    this.#socket.ping(body);
    const [pong] = (await once(this.#socket, 'pong')) as [Buffer];
    return pong.toString();
  }

  /** Stops reading; the kernel's buffers fill up, then the exchange's. */
  stopReading(): void {
    this.#socket.pause();
  }

  readOn(): void {
    this.#socket.resume();
  }

  #whatCame(): string {
    const last = this.texts.slice(-3).map((text) => text.slice(0, 300));
    return `${this.texts.length} frames and ${this.pings.length} pings came, at the end ${last.join(' ') || 'none'}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.terminate();
    await this.closed;
  }

  #received(text: string): void {
    const barrier = this.#barriers.get(text.slice(0, '{"type":"ok","id":1000000'.length));
    if (barrier) barrier();
    else this.#arrived(() => this.texts.push(text));
  }

  #arrived(keep: () => void): void {
    keep();
    for (const look of this.#waiting) look();
    this.#waiting.clear();
  }
}
