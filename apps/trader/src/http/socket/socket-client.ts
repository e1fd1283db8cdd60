// One reader of the status socket: what it follows, and the end of it when it does not read, or sends too much.
import type { WebSocket } from 'ws';
import { systemRuntime } from '../../runtime/system-runtime.ts';
import { MAX_BOOKS, MAX_LEVELS, parseClientMessage, type ClientMessageError } from './client-message.ts';
import { errorBody } from '../refusal.ts';
import { TokenBucket } from './token-bucket.ts';

/** Why the server ended a connection; also the label of `trader_ws_dropped_total`. */
export type DropReason =
  | 'slow'
  | 'no-pong'
  | 'message-too-large'
  | 'too-many-messages'
  | 'protocol-error'
  | 'internal-error';

type Followed = { readonly books?: readonly string[] | undefined; readonly levels?: readonly string[] | undefined };

/** What a client may send, pings and pongs among them: ten a second, and this many at once. */
const MESSAGES = { burst: 50, perSecond: 10 };

export type SocketClientOptions = {
  readonly maxBufferedBytes: number;
  /** Whether a book of this market is there to be followed. */
  readonly hasBook: (market: string) => boolean;
  readonly onDrop: (reason: DropReason) => void;
  /** Gets what is thrown while a message is handled; the client is dropped then. */
  readonly onFailure: (error: unknown) => void;
};

export class SocketClient {
  /** Followed markets, each with a mark of what was last sent of its book; `null` before the first time. */
  readonly books = new Map<string, string | null>();
  /** Markets of which it follows all levels; whether it was told a whole book, so that changes say enough. */
  readonly levels = new Map<string, boolean>();
  readonly #socket: WebSocket;
  readonly #options: SocketClientOptions;
  readonly #allowance = new TokenBucket(MESSAGES, systemRuntime.monotonicMs());
  #pongIsDue = false;

  constructor(socket: WebSocket, options: SocketClientOptions) {
    this.#socket = socket;
    this.#options = options;
    socket.on('message', (data, isBinary) => this.#allow(() => this.#take(isBinary ? '' : textOf(data))));
    // An answer to each ping of a flood would be written by us and read by nobody.
    socket.on('ping', (data) => this.#allow(() => socket.pong(data)));
    socket.on('pong', () => this.#allow(() => (this.#pongIsDue = false)));
    // ws has closed the connection with the right code by itself; without a listener the process would end.
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (!error.code?.startsWith('WS_ERR_')) return;
      options.onDrop(error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH' ? 'message-too-large' : 'protocol-error');
      // After ws has made up its mind to read and throw away the rest, for as long as it comes.
      process.nextTick(() => socket.pause());
    });
  }

  /** Sends, unless too much waits for this reader already: then it is dropped. */
  send(text: string): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#socket.bufferedAmount <= this.#options.maxBufferedBytes) return this.#socket.send(text);
    // A reader that wakes up in time finds the reason behind what waits for it; otherwise ws ends it after its time.
    this.#drop('slow', 1008, `SLOW_CLIENT: more than ${this.#options.maxBufferedBytes} bytes were not read`);
  }

  /** Ends it after a mistake of ours. */
  fail(error: unknown): void {
    this.#options.onFailure(error);
    this.#drop('internal-error', 1011, 'INTERNAL: a mistake of ours');
  }

  /** Asks for a sign of life; a reader that owes one already is gone. */
  ping(): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#pongIsDue) {
      this.#options.onDrop('no-pong');
      this.#socket.terminate();
      return;
    }
    this.#pongIsDue = true;
    this.#socket.ping();
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  terminate(): void {
    this.#socket.terminate();
  }

  #drop(reason: DropReason, code: number, text: string): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#options.onDrop(reason);
    this.#socket.close(code, text);
    // What it sends from now on is not even read. Its own goodbye is not either: ws ends it after its time.
    this.#socket.pause();
  }

  /** Handles what came, if it may come. */
  #allow(handle: () => void): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (!this.#allowance.take(systemRuntime.monotonicMs())) {
      const text = `TOO_MANY_MESSAGES: ${MESSAGES.perSecond} a second may be sent, and ${MESSAGES.burst} at once`;
      return this.#drop('too-many-messages', 1008, text);
    }
    try {
      handle();
    } catch (error) {
      this.fail(error);
    }
  }

  #take(text: string): void {
    const parsed = parseClientMessage(text);
    if ('error' in parsed) return this.#refuse(parsed.error);
    if ('unsubscribe' in parsed.message) {
      const { books = [], levels = [] } = parsed.message.unsubscribe;
      for (const market of books) this.books.delete(market);
      for (const market of levels) this.levels.delete(market);
    } else {
      const refused = this.#subscribe(parsed.message.subscribe);
      if (refused) return this.#refuse(refused);
    }
    this.send(JSON.stringify({ type: 'subscribed', books: [...this.books.keys()], levels: [...this.levels.keys()] }));
  }

  /** All of them or none. */
  #subscribe({ books = [], levels = [] }: Followed): ClientMessageError | null {
    const unknown = [...books, ...levels].find((market) => !this.#options.hasBook(market));
    if (unknown !== undefined) return { code: 'BOOK_UNKNOWN', message: `${unknown} is not among the wanted markets.` };
    if (new Set([...this.books.keys(), ...books]).size > MAX_BOOKS) {
      return { code: 'TOO_MANY_BOOKS', message: `A client follows ${MAX_BOOKS} books at most; unsubscribe first.` };
    }
    if (new Set([...this.levels.keys(), ...levels]).size > MAX_LEVELS) {
      const message = `A client follows the levels of ${MAX_LEVELS} books at most; unsubscribe first.`;
      return { code: 'TOO_MANY_LEVELS', message };
    }
    for (const market of books) if (!this.books.has(market)) this.books.set(market, null);
    for (const market of levels) if (!this.levels.has(market)) this.levels.set(market, false);
    return null;
  }

  #refuse(error: ClientMessageError): void {
    this.send(JSON.stringify({ type: 'error', ...errorBody(error) }));
  }
}

/** ws gives text messages as one Buffer, unless it is told otherwise. */
const textOf = (data: unknown): string => (Buffer.isBuffer(data) ? data.toString('utf8') : '');
