// A plain WebSocket client that looks at the wire itself: text or binary, text that is no JSON, pings, how it ended.
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { inTime, ManualRuntime, temporaryFolder, type TemporaryFolder } from '@trader/testkit';
import { WebSocket } from 'ws';
import { createExchange, type Exchange, type ExchangeOptions, type Fault } from '../src/index.ts';
import { type Frame, type Handshake, signedHeaders } from './client.ts';
import { at, deltaOf, snapshotOf, writeTape } from './tape.ts';

export interface Message {
  readonly text: string;
  readonly binary: boolean;
}

export class WireClient implements AsyncDisposable {
  readonly messages: Message[] = [];
  readonly pings: string[] = [];
  readonly pongs: string[] = [];
  /** The close code, and what the client's own WebSocket found wrong. */
  readonly closed: Promise<{ code: number; reason: string; error: string | undefined }>;
  readonly socket: WebSocket;
  /** `Date` of the 101. */
  date: string | undefined;
  readonly #waiting = new Set<() => void>();
  #error: string | undefined;
  #tcp: Socket | undefined;

  /** Does not wait for the 101. */
  constructor(exchange: Exchange, handshake?: Handshake) {
    const socket = new WebSocket(exchange.url, { headers: signedHeaders(exchange, handshake) });
    this.socket = socket;
    socket.on('upgrade', (response) => {
      this.date = response.headers.date;
      this.#tcp = response.socket;
    });
    socket.on('message', (data: Buffer, binary) =>
      this.#seen(() => this.messages.push({ text: String(data), binary })),
    );
    socket.on('ping', (body: Buffer) => this.#seen(() => this.pings.push(body.toString())));
    socket.on('pong', (body: Buffer) => this.#seen(() => this.pongs.push(body.toString())));
    socket.on('error', (error) => (this.#error = error.message));
    this.closed = new Promise((resolve) =>
      socket.once('close', (code, reason) => resolve({ code, reason: reason.toString(), error: this.#error })),
    );
  }

  static async connect(exchange: Exchange, handshake?: Handshake): Promise<WireClient> {
    const client = new WireClient(exchange, handshake);
    await once(client.socket, 'open');
    return client;
  }

  get texts(): string[] {
    return this.messages.map(({ text }) => text);
  }

  /** Bytes that came on the TCP connection, whole frames or not. */
  get bytesRead(): number {
    return this.#tcp?.bytesRead ?? 0;
  }

  /** Those that are JSON. */
  get frames(): Frame[] {
    return this.texts.flatMap((text) => {
      try {
        return [JSON.parse(text) as Frame];
      } catch {
        return [];
      }
    });
  }

  of(type: string): Frame[] {
    return this.frames.filter((frame) => frame.type === type);
  }

  send(command: object): void {
    this.socket.send(JSON.stringify(command));
  }

  subscribe(id: number, tickers: readonly string[], more: object = {}): void {
    this.send({ id, cmd: 'subscribe', params: { channels: ['orderbook_delta'], market_tickers: tickers, ...more } });
  }

  update(id: number, action: string, tickers: readonly string[], sid = 1): void {
    this.send({ id, cmd: 'update_subscription', params: { sid, action, market_tickers: tickers } });
  }

  /** The answer to a command that changes nothing, which comes after everything before it. */
  async barrier(id: number): Promise<void> {
    this.send({ id, cmd: 'list_subscriptions' });
    await this.until(() => this.frames.some((frame) => frame.id === id));
  }

  async until(fact: () => boolean): Promise<void> {
    const come = async () => {
      while (!fact()) await new Promise<void>((resolve) => this.#waiting.add(resolve));
    };
    await inTime(come(), () => {
      const last = this.texts.slice(-3).map((text) => text.slice(0, 300));
      const beats = `${this.pings.length} pings, ${this.pongs.length} pongs`;
      return `${fact.toString()}; ${this.texts.length} messages, ${beats} came, at the end ${last.join(' ') || 'none'}`;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.terminate();
    await this.closed;
  }

  #seen(keep: () => void): void {
    keep();
    for (const look of this.#waiting) look();
    this.#waiting.clear();
  }
}

export const startMs = 1_800_000_000_000;

/**
 * An exchange with the markets A, B and C, and one delta of A in each second from the first on, whose size is its number:
 * 1.00, 2.00, … Time stands still until `runtime` moves.
 */
export class FaultyExchange implements AsyncDisposable {
  readonly runtime: ManualRuntime;
  readonly exchange: Exchange;
  readonly #folder: TemporaryFolder;
  readonly #clients: WireClient[] = [];

  static async start(faults: readonly Fault[], options: ExchangeOptions = {}): Promise<FaultyExchange> {
    const folder = temporaryFolder();
    const tape = writeTape(folder, 'faults.ndjson', [
      at(
        0,
        snapshotOf(
          'A',
          [
            ['0.1000', '100.00'],
            ['0.2000', '50.00'],
          ],
          [['0.3000', '70.00']],
        ),
      ),
      at(0, snapshotOf('B', [['0.4000', '10.00']], [['0.5000', '5.00']])),
      at(0, snapshotOf('C', [['0.6000', '1.00']])),
      ...Array.from({ length: 20 }, (_, index) =>
        at((index + 1) * 1000, deltaOf('A', 'yes', '0.1000', `${index + 1}.00`, startMs + (index + 1) * 1000)),
      ),
      at(60_000, deltaOf('B', 'no', '0.5000', '1.00', startMs + 60_000)),
    ]);
    const runtime = new ManualRuntime({ startMs });
    const started = createExchange({
      tapes: [tape],
      speed: 1,
      playback: 'on-play',
      replyOrder: 'arrival',
      pingIntervalMs: Infinity,
      runtime,
      ...options,
      faults,
    });
    started.catch(() => folder.remove());
    const exchange = await started;
    exchange.play();
    return new FaultyExchange(exchange, runtime, folder);
  }

  private constructor(exchange: Exchange, runtime: ManualRuntime, folder: TemporaryFolder) {
    this.exchange = exchange;
    this.runtime = runtime;
    this.#folder = folder;
  }

  async connect(handshake?: Handshake): Promise<WireClient> {
    const client = await WireClient.connect(this.exchange, { atMs: this.runtime.nowMs(), ...handshake });
    this.#clients.push(client);
    return client;
  }

  /** Does not wait for the 101. */
  knock(handshake?: Handshake): WireClient {
    const client = new WireClient(this.exchange, { atMs: this.runtime.nowMs(), ...handshake });
    this.#clients.push(client);
    return client;
  }

  /** A connection that is subscribed to the markets and has their snapshots. */
  async subscribed(tickers: readonly string[] = ['A'], more: object = {}): Promise<WireClient> {
    const client = await this.connect();
    client.subscribe(1, tickers, more);
    await client.until(() => client.of('orderbook_snapshot').length >= tickers.length);
    return client;
  }

  /** How often a kind of fault was done. */
  hits(kind: string): number {
    return this.exchange.totals().faults[kind] ?? 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) await client[Symbol.asyncDispose]();
    await this.exchange.close();
    this.#folder.remove();
  }
}

/** The numbers of the deltas that came, in the order of their arrival. */
export const deltas = (client: WireClient): number[] =>
  client.of('orderbook_delta').map(({ msg }) => Number((msg as { delta_fp: string }).delta_fp));

/** The sequence numbers that came, in the order of their arrival. */
export const seqs = (client: WireClient): (number | undefined)[] =>
  client.frames.filter(({ seq }) => seq !== undefined).map(({ seq }) => seq);
