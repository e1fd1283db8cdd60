// One reader of the status socket: what it follows, and the end of it when it does not read.
import type { WebSocket } from 'ws';
import { MAX_BOOKS, parseClientMessage, type ClientMessageError } from './client-message.ts';
import { errorBody } from './refusal.ts';

/** Why the server ended a connection; also the label of `trader_ws_dropped_total`. */
export type DropReason = 'slow' | 'no-pong' | 'message-too-large' | 'protocol-error';

export type SocketClientOptions = {
  readonly maxBufferedBytes: number;
  /** Whether a book of this market is there to be followed. */
  readonly hasBook: (market: string) => boolean;
  readonly onDrop: (reason: DropReason) => void;
};

export class SocketClient {
  /** Followed markets, each with a mark of what was last sent of its book; `null` before the first time. */
  readonly books = new Map<string, string | null>();
  readonly #socket: WebSocket;
  readonly #options: SocketClientOptions;
  #pongIsDue = false;

  constructor(socket: WebSocket, options: SocketClientOptions) {
    this.#socket = socket;
    this.#options = options;
    socket.on('message', (data, isBinary) => this.#take(isBinary ? '' : textOf(data)));
    socket.on('pong', () => (this.#pongIsDue = false));
    // ws has closed the connection with the right code by itself; without a listener the process would end.
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') options.onDrop('message-too-large');
      else if (error.code?.startsWith('WS_ERR_')) options.onDrop('protocol-error');
    });
  }

  /** Sends, unless too much waits for this reader already: then it is dropped. */
  send(text: string): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#socket.bufferedAmount <= this.#options.maxBufferedBytes) return this.#socket.send(text);
    this.#options.onDrop('slow');
    // A reader that wakes up in time finds the reason behind what waits for it; otherwise ws ends it after its time.
    this.#socket.close(1008, `SLOW_CLIENT: more than ${this.#options.maxBufferedBytes} bytes were not read`);
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

  #take(text: string): void {
    const parsed = parseClientMessage(text);
    if ('error' in parsed) return this.#refuse(parsed.error);
    if ('unsubscribe' in parsed.message) {
      for (const market of parsed.message.unsubscribe.books) this.books.delete(market);
    } else {
      const refused = this.#subscribe(parsed.message.subscribe.books);
      if (refused) return this.#refuse(refused);
    }
    this.send(JSON.stringify({ type: 'subscribed', books: [...this.books.keys()] }));
  }

  /** All of them or none. */
  #subscribe(markets: readonly string[]): ClientMessageError | null {
    const unknown = markets.find((market) => !this.#options.hasBook(market));
    if (unknown !== undefined) return { code: 'BOOK_UNKNOWN', message: `${unknown} is not among the wanted markets.` };
    if (new Set([...this.books.keys(), ...markets]).size > MAX_BOOKS) {
      return { code: 'TOO_MANY_BOOKS', message: `A client follows ${MAX_BOOKS} books at most; unsubscribe first.` };
    }
    for (const market of markets) if (!this.books.has(market)) this.books.set(market, null);
    return null;
  }

  #refuse(error: ClientMessageError): void {
    this.send(JSON.stringify({ type: 'error', ...errorBody(error) }));
  }
}

/** ws gives text messages as one Buffer, unless it is told otherwise. */
const textOf = (data: unknown): string => (Buffer.isBuffer(data) ? data.toString('utf8') : '');
