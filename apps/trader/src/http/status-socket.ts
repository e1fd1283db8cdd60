// `/ws`: what happens, as it happens. A client gets `hello`, then the events it has missed, then everything that follows,
// and a `status` every second. Everything is bounded: clients, what waits for each, what they send, what they follow.
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { PartReader } from '../part-reader.ts';
import { repeatEvery, setTimer } from '../set-timer.ts';
import { summarizeStatus, type TraderView } from '../status.ts';
import { systemRuntime } from '../system-runtime.ts';
import type { BookChanges } from './book-changes.ts';
import { bookSummary } from './book-report.ts';
import { MAX_MESSAGE_BYTES } from './client-message.ts';
import type { EventLog, Replay } from './event-log.ts';
import { SOCKET_PROTOCOL, type Gate } from './gate.ts';
import type { ResolvedHttpOptions } from './options.ts';
import { refuseOnSocket } from './refuse-on-socket.ts';
import { errorBody, type Refusal } from './refusal.ts';
import { SocketClient, type DropReason } from './socket-client.ts';
import { versions } from './versions.ts';

const STATUS_EVERY_MS = 1_000;
const BOOKS_EVERY_MS = 250;
/** How long a client may take to answer a close before its connection is cut. */
const CLOSE_TIMEOUT_MS = 1_000;

/** A name of its own, because @types/ws 8.18 does not know `closeTimeout` yet and would refuse it in place. */
const SERVER_OPTIONS = {
  noServer: true,
  clientTracking: false,
  maxPayload: MAX_MESSAGE_BYTES,
  closeTimeout: CLOSE_TIMEOUT_MS,
  // The token may be among the offered protocols; it is never the one that is answered.
  handleProtocols: (offered: ReadonlySet<string>): string | false =>
    offered.has(SOCKET_PROTOCOL) ? SOCKET_PROTOCOL : false,
};

export type SocketSources = {
  readonly view: () => TraderView;
  readonly events: EventLog;
  readonly changes: BookChanges;
};

export class StatusSocket {
  /** Connections that the server ended, by reason. */
  readonly dropped: Record<DropReason, number> = {
    slow: 0,
    'no-pong': 0,
    'message-too-large': 0,
    'protocol-error': 0,
  };
  readonly #options: ResolvedHttpOptions;
  readonly #gate: Gate;
  readonly #sources: SocketSources;
  readonly #onRefusal: (refusal: Refusal) => void;
  readonly #server: WebSocketServer;
  readonly #clients = new Set<SocketClient>();
  readonly #stopListening: () => void;
  #timers: (() => void)[] = [];
  #allGone: PromiseWithResolvers<void> | null = null;

  constructor(options: ResolvedHttpOptions, gate: Gate, sources: SocketSources, onRefusal: (refusal: Refusal) => void) {
    this.#options = options;
    this.#gate = gate;
    this.#sources = sources;
    this.#onRefusal = onRefusal;
    this.#server = new WebSocketServer(SERVER_OPTIONS);
    this.#stopListening = sources.events.on((event) => this.#broadcast(JSON.stringify(event)));
  }

  get clients(): number {
    return this.#clients.size;
  }

  /** Takes an upgrade request over: it becomes a client, or is answered with why not. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // Until ws has it, nobody else listens for what can go wrong with the socket.
    const onError = (): void => void socket.destroy();
    socket.on('error', onError);
    const admitted = this.#admit(request);
    if ('code' in admitted) {
      this.#onRefusal(admitted);
      refuseOnSocket(socket, admitted);
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (opened) => {
      socket.off('error', onError);
      this.#welcome(opened, admitted);
    });
  }

  /** Says goodbye to every client with 1001 and cuts off who does not answer in time. */
  async close(patienceMs: number = CLOSE_TIMEOUT_MS): Promise<void> {
    if (this.#allGone) return this.#allGone.promise;
    this.#allGone = Promise.withResolvers();
    this.#stopListening();
    for (const client of this.#clients) client.close(1001, 'SHUTTING_DOWN: the trader stops');
    if (this.#clients.size === 0) this.#allGone.resolve();
    const cancel = setTimer(patienceMs, () => {
      for (const client of this.#clients) client.terminate();
    });
    await this.#allGone.promise;
    cancel();
  }

  #admit(request: IncomingMessage): Refusal | Replay {
    const url = new URL(request.url ?? '', 'http://localhost');
    const refusal =
      this.#gate.refuseHost(request) ?? this.#gate.refuseToken(request) ?? this.#gate.refuseOrigin(request);
    if (refusal) return refusal;
    if (url.pathname !== '/ws') return { code: 'NOT_FOUND', message: 'The socket is at /ws.' };
    if (this.#allGone) return { code: 'SHUTTING_DOWN', message: 'The trader stops.' };
    if (this.#clients.size >= this.#options.maxClients) {
      const message = `${this.#options.maxClients} clients are connected, and no more are served. Try again later.`;
      return { code: 'TOO_MANY_CLIENTS', message };
    }
    const replay = this.#sources.events.since(url.searchParams.get('since'));
    return replay ?? { code: 'QUERY_INVALID', message: 'since: must be the id of an event.' };
  }

  #welcome(socket: WebSocket, { events, missed }: Replay): void {
    const client = new SocketClient(socket, {
      maxBufferedBytes: this.#options.maxBufferedBytes,
      hasBook: (market) =>
        new PartReader().read('book', () => this.#sources.view().client?.book(market) !== undefined) ?? false,
      onDrop: (reason) => void this.dropped[reason]++,
    });
    this.#clients.add(client);
    socket.once('close', () => this.#left(client));
    if (this.#allGone) return client.close(1001, 'SHUTTING_DOWN: the trader stops');
    if (this.#timers.length === 0) this.#startTimers();
    client.send(JSON.stringify({ type: 'hello', versions, missed }));
    for (const event of events) client.send(JSON.stringify(event));
    client.send(this.#status());
  }

  #left(client: SocketClient): void {
    this.#clients.delete(client);
    if (this.#clients.size > 0) return;
    for (const end of this.#timers.splice(0)) end();
    this.#allGone?.resolve();
  }

  #startTimers(): void {
    this.#timers = [
      repeatEvery(STATUS_EVERY_MS, () => this.#broadcast(this.#status())),
      repeatEvery(BOOKS_EVERY_MS, () => this.#sendBooks()),
      repeatEvery(this.#options.pingIntervalMs, () => {
        for (const client of this.#clients) client.ping();
      }),
    ];
  }

  #status(): string {
    return told(() => ({
      type: 'status',
      atMs: systemRuntime.nowMs(),
      status: summarizeStatus(this.#sources.view()),
    }));
  }

  #broadcast(text: string): void {
    for (const client of this.#clients) client.send(text);
  }

  /** Each followed book that is another than it was; its text is made once for all who follow it. */
  #sendBooks(): void {
    const { changes, view } = this.#sources;
    const seen = new PartReader().read('view', view);
    if (!seen) return;
    const feed = seen.client;
    const nowMs = systemRuntime.monotonicMs();
    const texts = new Map<string, string>();
    for (const client of this.#clients) {
      for (const [market, sent] of client.books) {
        const book = feed?.book(market);
        if (!book) {
          client.books.delete(market);
          client.send(JSON.stringify({ type: 'book-gone', market }));
          continue;
        }
        const mark = `${changes.of(book)?.version ?? 0} ${book.staleReason}`;
        if (mark === sent) continue;
        const text = texts.get(market) ?? told(() => ({ type: 'book', ...bookSummary(book, changes, nowMs) }));
        texts.set(market, text);
        client.books.set(market, mark);
        client.send(text);
      }
    }
  }
}

/** A message, or that it could not be made: nothing that is told may end those who watch, or us. */
function told(make: () => object): string {
  try {
    return JSON.stringify(make());
  } catch {
    const message = 'What was to be told here could not be made.';
    return JSON.stringify({ type: 'error', ...errorBody({ code: 'INTERNAL', message }) });
  }
}
