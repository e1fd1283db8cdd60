// One connection as the exchange has it: an in-memory socket that hands frames over at once.
import { OrderbookClientError } from '../errors.ts';
import type { Socket, SocketListener } from '../io/socket.ts';
import { SERVER_PING, type WireCommand } from '../wire.ts';
import type { ManualTime } from './manual-time.ts';
import type { TestBook } from './test-book.ts';
import { TestSubscriptions } from './test-subscriptions.ts';

/** What a connection needs of its exchange. */
export type TestHost = {
  readonly time: ManualTime;
  readonly bookOf: (market: string) => TestBook;
  readonly onCommand: (command: WireCommand) => void;
  readonly holdsReplies: () => boolean;
  readonly holdsPongs: () => boolean;
  /** Called once, however it ended. */
  readonly onEnd: (connection: TestConnection) => void;
};

const utf8 = new TextEncoder();

export class TestConnection {
  readonly subscriptions: TestSubscriptions;
  readonly #host: TestHost;
  readonly #listener: SocketListener;
  readonly #held: WireCommand[] = [];
  /** What the client has not read while it was paused, in order. */
  readonly #unread: (() => void)[] = [];
  #open = true;
  #reading = true;
  #stopPinging = (): void => {};

  constructor(host: TestHost, listener: SocketListener) {
    this.#host = host;
    this.#listener = listener;
    this.subscriptions = new TestSubscriptions(
      (frame) => this.send(frame),
      (market, id) => this.subscriptions.tell('orderbook_snapshot', host.bookOf(market).snapshot(), market, id),
    );
  }

  /** The client's end. */
  readonly socket: Socket = {
    send: (text) => this.#take(JSON.parse(text) as WireCommand),
    ping: () => {
      if (!this.#host.holdsPongs()) this.#hand(() => this.#listener.pong());
    },
    pause: () => void (this.#reading = false),
    resume: () => {
      this.#reading = true;
      // Not at once: the client is in the middle of something when it resumes.
      queueMicrotask(() => this.#read());
    },
    drop: () => this.#end(),
    close: () => {
      this.#end();
      return Promise.resolve();
    },
  };

  /** Whether the client still wants it. */
  get open(): boolean {
    return this.#open;
  }

  accept(): void {
    this.#pingLater();
    this.#tellTime();
    this.#listener.opened();
  }

  refuse(error: OrderbookClientError): void {
    this.#tellTime();
    this.cut(error);
  }

  cut(error = new OrderbookClientError('DISCONNECTED', 'The test exchange cut the connection.')): void {
    if (!this.#open) return;
    this.#end();
    this.#listener.closed(error);
  }

  send(frame: object | string | Uint8Array): void {
    const bytes =
      frame instanceof Uint8Array ? frame : utf8.encode(typeof frame === 'string' ? frame : JSON.stringify(frame));
    this.#hand(() => this.#listener.frame(bytes));
  }

  /** Answers what has waited. */
  sendReplies(): void {
    for (const command of this.#held.splice(0)) this.subscriptions.answer(command);
  }

  #take(command: WireCommand): void {
    if (!this.#open) return;
    this.#host.onCommand(command);
    if (this.#host.holdsReplies()) this.#held.push(command);
    else this.subscriptions.answer(command);
  }

  /** The header that it stands for has whole seconds. */
  #tellTime(): void {
    this.#listener.serverTime(Math.floor(this.#host.time.nowMs() / 1000) * 1000);
  }

  #pingLater(): void {
    this.#stopPinging = this.#host.time.setTimer(SERVER_PING.intervalMs, () => {
      this.#hand(() => this.#listener.ping());
      this.#pingLater();
    });
  }

  #hand(over: () => void): void {
    this.#unread.push(over);
    // Only the first one reads: a frame that makes the client ask is handed over whole before its answer.
    if (this.#unread.length === 1) this.#read();
  }

  #read(): void {
    while (this.#open && this.#reading && this.#unread.length > 0) {
      try {
        this.#unread[0]!();
      } finally {
        this.#unread.shift();
      }
    }
  }

  #end(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#stopPinging();
    this.#host.onEnd(this);
  }
}
