// `/ws`: what happens, as it happens. A client gets `hello`, then the events it has missed, then everything that follows,
// and a `status` every second. Everything is bounded: clients, what waits for each, what they send, what they follow.
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { clauseOf } from '../../errors.ts';
import { repeatEvery, setTimer } from '../../runtime/set-timer.ts';
import { summarizeStatus, type TraderView } from '../../status.ts';
import { systemRuntime } from '../../runtime/system-runtime.ts';
import type { BookChanges } from '../status/book-changes.ts';
import { bookSummary } from '../status/book-report.ts';
import { MAX_MESSAGE_BYTES } from './client-message.ts';
import type { EventLog, Replay } from '../../event-log.ts';
import { SOCKET_PROTOCOL } from '../auth.ts';
import type { ResolvedHttpOptions } from '../../config/http-options.ts';
import type { Outcomes } from '../outcomes.ts';
import { parseSocketQuery } from '../query.ts';
import { errorBody, type Refusal } from '../refusal.ts';
import { refuseOnSocket } from '../refuse.ts';
import { FollowedLevels } from './followed-levels.ts';
import { SocketClient, type DropReason } from './socket-client.ts';
import { versions } from '../../versions.ts';

const STATUS_EVERY_MS = 1_000;
const BOOKS_EVERY_MS = 250;
/** How long a client may take to answer a close before its connection is cut. */
const CLOSE_TIMEOUT_MS = 1_000;

/** Frames that one message may come in. Without a limit, empty ones could come for ever and never be a message. */
const MAX_FRAGMENTS = 16;

/** A name of its own, because @types/ws 8.18 does not know some of them yet and would refuse them in place. */
const SERVER_OPTIONS = {
  noServer: true,
  clientTracking: false,
  // A client answers pings itself, as far as it allows them.
  autoPong: false,
  maxPayload: MAX_MESSAGE_BYTES,
  maxFragments: MAX_FRAGMENTS,
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
    'too-many-messages': 0,
    'protocol-error': 0,
    'internal-error': 0,
  };
  readonly #options: ResolvedHttpOptions;
  readonly #sources: SocketSources;
  readonly #outcomes: Outcomes;
  readonly #server: WebSocketServer;
  readonly #clients = new Set<SocketClient>();
  readonly #levels = new FollowedLevels();
  readonly #stopListening: () => void;
  #timers: (() => void)[] = [];
  #isSendingBooks = false;
  #allGone: PromiseWithResolvers<void> | null = null;

  constructor(options: ResolvedHttpOptions, sources: SocketSources, outcomes: Outcomes) {
    this.#options = options;
    this.#sources = sources;
    this.#outcomes = outcomes;
    this.#server = new WebSocketServer(SERVER_OPTIONS);
    // What ws would say by itself has another form than our refusals.
    this.#server.on('wsClientError', ({ message }, socket) =>
      this.#refuse(socket as Socket, { code: 'REQUEST_INVALID', message: `${clauseOf(message)}.` }),
    );
    this.#stopListening = sources.events.on((event) =>
      outcomes.guard('telling an event', () => this.#broadcast(JSON.stringify(event))),
    );
  }

  get clients(): number {
    return this.#clients.size;
  }

  /** Takes over an upgrade request that was let in: it becomes a client, or is answered with why not. */
  upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    const admitted = this.#admit(request);
    if ('code' in admitted) return this.#refuse(socket, admitted);
    this.#server.handleUpgrade(request, socket, head, (opened) => this.#welcome(opened, admitted));
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

  #admit({ url = '', headers }: IncomingMessage): Refusal | Replay {
    if (!/^\/ws(\?|$)/.test(url)) return { code: 'NOT_FOUND', message: 'The socket is at /ws.' };
    // Older ones say in another header which page it is that asks.
    if (headers['sec-websocket-version'] !== '13') {
      return { code: 'UPGRADE_REQUIRED', message: 'The socket speaks version 13 of WebSocket.' };
    }
    if (this.#allGone) return { code: 'SHUTTING_DOWN', message: 'The trader stops.' };
    if (this.#clients.size >= this.#options.maxClients) {
      const message = `${this.#options.maxClients} clients are connected, and no more are served. Try again later.`;
      return { code: 'TOO_MANY_CLIENTS', message };
    }
    const query = parseSocketQuery(url);
    if ('refusal' in query) return query.refusal;
    const replay = this.#sources.events.since(query.value.since ?? null);
    return replay ?? { code: 'QUERY_INVALID', message: 'since must be the id of an event. Example: ?since=m9x2k1-17' };
  }

  #refuse(socket: Socket, refusal: Refusal): void {
    this.#outcomes.refused(refusal.code);
    refuseOnSocket(socket, refusal);
  }

  #welcome(socket: WebSocket, { events, missed }: Replay): void {
    const client = new SocketClient(socket, {
      maxBufferedBytes: this.#options.maxBufferedBytes,
      hasBook: (market) => this.#sources.view().client?.book(market) !== undefined,
      onDrop: (reason) => void this.dropped[reason]++,
      onFailure: (error) => this.#outcomes.failed('a message', error),
    });
    this.#clients.add(client);
    socket.once('close', () => this.#left(client));
    if (this.#allGone) return client.close(1001, 'SHUTTING_DOWN: the trader stops');
    if (this.#timers.length === 0) this.#startTimers();
    try {
      client.send(JSON.stringify({ type: 'hello', versions, missed }));
      for (const event of events) client.send(JSON.stringify(event));
      client.send(this.#status());
    } catch (error) {
      client.fail(error);
    }
  }

  #left(client: SocketClient): void {
    this.#clients.delete(client);
    if (this.#clients.size > 0) return;
    for (const end of this.#timers.splice(0)) end();
    this.#allGone?.resolve();
  }

  #startTimers(): void {
    const every = (ms: number, doing: string, work: () => void): (() => void) =>
      repeatEvery(ms, () => this.#outcomes.guard(doing, work));
    this.#timers = [
      every(STATUS_EVERY_MS, 'telling the status', () => this.#broadcast(this.#status())),
      every(BOOKS_EVERY_MS, 'telling books', () => this.#sendBooks()),
      every(this.#options.pingIntervalMs, 'a ping', () => {
        for (const client of this.#clients) client.ping();
      }),
    ];
  }

  #status(): string {
    return this.#tell('telling the status', () => ({
      type: 'status',
      atMs: systemRuntime.nowMs(),
      status: summarizeStatus(this.#sources.view()),
    }));
  }

  #broadcast(text: string): void {
    for (const client of this.#clients) client.send(text);
  }

  /**
   * Each followed book that is another than it was; its text is made once for all who follow it. One client in a round of the
   * event loop: many who follow many do not hold it up.
   */
  #sendBooks(): void {
    if (this.#isSendingBooks) return;
    const clients = [...this.#clients].filter(({ books, levels }) => books.size > 0 || levels.size > 0);
    this.#levels.begin(new Set(clients.flatMap(({ levels }) => [...levels.keys()])));
    const texts = new Map<string, string>();
    const next = (): void => {
      const client = clients.pop();
      this.#isSendingBooks = client !== undefined;
      if (!client) return;
      this.#outcomes.guard('telling books', () => this.#sendBooksTo(client, texts));
      for (const market of client.levels.keys()) {
        this.#outcomes.guard(`telling the levels of ${market}`, () => this.#sendLevelsTo(client, market));
      }
      setImmediate(next);
    };
    next();
  }

  #sendBooksTo(client: SocketClient, texts: Map<string, string>): void {
    const { changes, view } = this.#sources;
    const feed = view().client;
    const nowMs = systemRuntime.monotonicMs();
    for (const [market, sent] of client.books) {
      const book = feed?.book(market);
      if (!feed || !book) {
        client.books.delete(market);
        client.send(JSON.stringify({ type: 'book-gone', market }));
        continue;
      }
      const repair = book.synced ? null : feed.repairOf(market);
      const mark = `${changes.of(book)?.version ?? 0} ${book.staleReason} ${repair?.step} ${repair?.attempts}`;
      if (mark === sent) continue;
      // By its mark: a book may change while one client after the other is told.
      const key = `${market} ${mark}`;
      const text =
        texts.get(key) ??
        this.#tell(`telling the book of ${market}`, () => ({
          type: 'book',
          ...bookSummary(book, { client: feed, changes, nowMs }),
        }));
      texts.set(key, text);
      client.books.set(market, mark);
      client.send(text);
    }
  }

  #sendLevelsTo(client: SocketClient, market: string): void {
    const book = this.#sources.view().client?.book(market);
    if (!book) {
      client.levels.delete(market);
      return client.send(JSON.stringify({ type: 'levels-gone', market }));
    }
    const isInStep = client.levels.get(market) === true;
    // One that fails on the way gets the whole book in the next round.
    client.levels.set(market, false);
    const text = this.#levels.text(book, isInStep);
    client.levels.set(market, true);
    if (text !== null) client.send(text);
  }

  /** A message, or that it could not be made: one that fails ends neither those who watch nor us. */
  #tell(doing: string, make: () => object): string {
    try {
      return JSON.stringify(make());
    } catch (error) {
      this.#outcomes.failed(doing, error);
      const message = 'What was to be told here could not be made.';
      return JSON.stringify({ type: 'error', ...errorBody({ code: 'INTERNAL', message }) });
    }
  }
}
