// A trader with its HTTP side on a free port of loopback, recording the simulator, and readers of what it says.
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { inspect } from 'node:util';
import type { ExchangeOptions } from '@trader/exchange-simulator';
import { WebSocket, type ClientOptions } from 'ws';
import { simulatedFeed } from '../src/cli/exchange-feed.ts';
import { createLog } from '../src/log/log.ts';
import { createTrader, type TraderOptions } from '../src/trader.ts';
import { newDatabase } from './databases.ts';

/** For what comes by itself; a machine may be busy. */
const DEADLINE_MS = 30_000;

/** For tests that look at a clean end, or at something else: however busy the machine is, there is time for it. */
export const DRAIN_MS = 60_000;

export type Answer<Body = unknown> = { readonly status: number; readonly headers: Headers; readonly body: Body };

/** One GET; a body that is not JSON stays text. */
export async function get<Body = unknown>(url: string, headers: Record<string, string> = {}): Promise<Answer<Body>> {
  const response = await fetch(url, { headers, redirect: 'manual' });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json');
  return { status: response.status, headers: response.headers, body: (isJson ? JSON.parse(text) : text) as Body };
}

/** Started, and ready unless the exchange never lets it. */
export async function startHttpTrader(
  exchangeOptions: ExchangeOptions = { markets: 4, deltasPerSecond: 200 },
  options: Partial<Pick<TraderOptions, 'database' | 'http' | 'holdDownMs' | 'port' | 'exportDir'>> = {},
) {
  const { feed, source, exchange } = await simulatedFeed(exchangeOptions);
  const database = { url: await newDatabase() };
  const log = createLog('silent');
  const trader = createTrader({
    feed,
    source,
    database,
    recorder: 'test',
    port: 0,
    drainMs: DRAIN_MS,
    faults: exchange.control.faults,
    log,
    ...options,
  });
  await trader.start();
  await trader.ready;
  const base = new URL(trader.url!).origin;
  return {
    trader,
    exchange,
    base,
    get: <Body = unknown>(path: string) => get<Body>(base + path),
    async [Symbol.asyncDispose]() {
      await trader.stop('the test is over');
      await exchange.close();
    },
  };
}

export type Message = { readonly type: string } & Readonly<Record<string, unknown>>;

/** A client of `/ws` that keeps what it gets. */
export class SocketReader {
  readonly socket: WebSocket;
  readonly messages: Message[] = [];
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  #changed = Promise.withResolvers<void>();
  #read = 0;

  constructor(base: string, path = '/ws', protocols: string[] = [], options: ClientOptions = {}) {
    this.socket = new WebSocket(base.replace(/^http/, 'ws') + path, protocols, options);
    this.socket.on('message', (data: Buffer) => {
      this.messages.push(JSON.parse(data.toString('utf8')) as Message);
      this.#changed.resolve();
    });
    // A refusal is read off `refused`.
    this.socket.on('error', () => undefined);
    this.closed = once(this.socket, 'close').then(([code, reason]) => ({
      code: Number(code),
      reason: String(reason as Buffer),
    }));
  }

  /** The next message, not looked at before, that is of the type and fits. @throws after 30 s, with what came instead */
  async next(type: string, fits: (message: Message) => boolean = () => true): Promise<Message> {
    const from = this.#read;
    const late = AbortSignal.timeout(DEADLINE_MS);
    late.addEventListener('abort', () => this.#changed.resolve());
    while (!late.aborted) {
      while (this.#read < this.messages.length) {
        const message = this.messages[this.#read++]!;
        if (message.type === type && fits(message)) return message;
      }
      this.#changed = Promise.withResolvers();
      await this.#changed.promise;
    }
    const came = JSON.stringify(this.messages.slice(from).slice(-20));
    throw new Error(`no fitting ${type} within ${DEADLINE_MS} ms; of what came, the latest: ${came}`);
  }

  /** The HTTP answer in place of an open socket. */
  async refused(): Promise<{ readonly status: number; readonly code: string }> {
    const [, response] = (await once(this.socket, 'unexpected-response')) as [
      unknown,
      AsyncIterable<Buffer> & { statusCode: number },
    ];
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk);
    const { error } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { error: { code: string } };
    return { status: response.statusCode, code: error.code };
  }

  ask(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.socket.readyState === WebSocket.CLOSED) return;
    this.socket.close();
    await this.closed;
  }
}

/** Asks until the answer fits: for facts that come by themselves. @throws after 30 s, with the latest answer */
export async function until<T>(ask: () => Promise<T>, fits: (answer: T) => boolean): Promise<T> {
  const deadlineMs = performance.now() + DEADLINE_MS;
  for (;;) {
    const answer = await ask();
    if (fits(answer)) return answer;
    if (performance.now() > deadlineMs)
      throw new Error(`does not fit after ${DEADLINE_MS} ms: ${inspect(answer, { depth: 6 })}`);
    await pause(20);
  }
}
