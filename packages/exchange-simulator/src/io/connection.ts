import type { Socket } from 'node:net';
import { SERVER_PING } from '@trader/orderbook-client/wire';
import type { RawData, WebSocket } from 'ws';
import { Conversation, type ConversationOptions } from '../core/conversation.ts';
import { shuffled } from '../core/seeded-random.ts';
import type { Runtime } from '../runtime.ts';

export interface ConnectionOptions extends Omit<ConversationOptions, 'send'> {
  readonly webSocket: WebSocket;
  readonly socket: Socket;
  readonly runtime: Runtime;
  readonly random: () => number;
  readonly replyOrder: 'shuffled' | 'arrival';
  readonly pingIntervalMs: number;
  readonly maxBufferedBytes: number;
  /** Commands were answered, or unsent bytes have left. */
  readonly onChanged: () => void;
  readonly onClosed: (connection: Connection) => void;
}

/** A conversation on a socket: collects commands, batches writes, watches what is unsent, pings. */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #conversation: Conversation;
  #inbox: string[] = [];
  #answering: NodeJS.Immediate | undefined;
  #corked = false;
  /** Bytes that may be unsent. Replies that were asked for raise it until everything has left. */
  #allowedBytes: number;
  #cancelPing: () => void = () => undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#allowedBytes = options.maxBufferedBytes;
    this.#conversation = new Conversation({ ...options, send: (frame) => this.#send(frame) });
    const { webSocket, socket, tally } = options;
    webSocket.on('message', (data, isBinary) => this.#receive(isBinary ? '' : textOf(data)));
    webSocket.on('pong', () => tally.pongsReceived++);
    webSocket.on('error', () => tally.protocolViolations++);
    webSocket.on('close', () => this.#end());
    socket.on('drain', () => this.#drained());
    this.#armPing();
  }

  get socket(): Socket {
    return this.#options.socket;
  }

  get following(): number {
    return this.#conversation.following;
  }

  /** Whether enough is unsent that an unpaced tape waits. */
  get slow(): boolean {
    return this.#unsentAbove(this.#options.maxBufferedBytes / 4);
  }

  /** Ends the subscription when more is unsent than may be. */
  shed(): void {
    if (this.following > 0 && this.#unsentAbove(this.#allowedBytes)) this.#conversation.overflow();
  }

  /** Says goodbye if the socket takes that at once, and waits for no answer. */
  close(): void {
    this.#options.webSocket.close(1001, 'the exchange closes');
    this.drop();
  }

  /** Cuts the connection without a close frame. */
  drop(): void {
    this.#options.webSocket.terminate();
  }

  /** Only when a `drain` is to come: whoever waits for the buffer to empty must be told that it has. */
  #unsentAbove(bytes: number): boolean {
    const { socket } = this.#options;
    return socket.writableNeedDrain && socket.writableLength > bytes;
  }

  #receive(text: string): void {
    this.#inbox.push(text);
    this.#answering ??= setImmediate(() => this.#answer());
  }

  /** Everything that arrived in one turn of the event loop counts as sent together. */
  #answer(): void {
    this.#answering = undefined;
    const { socket, replyOrder, random, webSocket, maxBufferedBytes, onChanged } = this.#options;
    const commands = replyOrder === 'shuffled' ? shuffled(this.#inbox, random) : this.#inbox;
    this.#inbox = [];
    const before = socket.writableLength;
    if (before === 0) this.#allowedBytes = maxBufferedBytes;
    for (const command of commands) this.#conversation.receive(command);
    this.#allowedBytes += socket.writableLength - before;
    // A client that asks and does not read must not fill the memory with answers.
    if (this.#unsentAbove(maxBufferedBytes)) webSocket.pause();
    onChanged();
  }

  #drained(): void {
    this.#allowedBytes = this.#options.maxBufferedBytes;
    if (this.#options.webSocket.isPaused) this.#options.webSocket.resume();
    this.#options.onChanged();
  }

  /** Frames of one turn leave in one write: the socket is corked at the first and let go when the turn is over. */
  #send(frame: string): void {
    const { webSocket, socket, tally } = this.#options;
    if (webSocket.readyState !== webSocket.OPEN) return;
    if (!this.#corked) {
      this.#corked = true;
      socket.cork();
      process.nextTick(() => {
        this.#corked = false;
        socket.uncork();
      });
    }
    tally.framesSent++;
    webSocket.send(frame);
  }

  #armPing(): void {
    const { runtime, pingIntervalMs, webSocket, tally } = this.#options;
    if (pingIntervalMs === Infinity) return;
    this.#cancelPing = runtime.setTimer(pingIntervalMs, () => {
      this.#armPing();
      if (webSocket.readyState !== webSocket.OPEN) return;
      tally.pingsSent++;
      webSocket.ping(SERVER_PING.body);
    });
  }

  #end(): void {
    this.#cancelPing();
    clearImmediate(this.#answering);
    this.#conversation.end();
    this.#options.onClosed(this);
  }
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString();
  return Buffer.isBuffer(data) ? data.toString() : Buffer.from(data).toString();
}
