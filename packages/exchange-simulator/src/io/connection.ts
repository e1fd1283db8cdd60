// One WebSocket connection. In come messages, pings and the socket's news; out go frames and pings. It collects commands,
// has them answered by the conversation, lets the faults of its lane change what leaves, and watches what is unsent.
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { SERVER_PING } from '@trader/orderbook-client/wire';
import type { RawData, WebSocket } from 'ws';
import { Conversation, type ConversationOptions } from '../core/socket/conversation.ts';
import type { FaultEngine } from '../core/faults/fault-engine.ts';
import type { FaultLane, Step } from '../core/faults/fault-lane.ts';
import { shuffled } from '../core/seeded-random.ts';
import { TokenBucket } from '../core/token-bucket.ts';
import type { Runtime } from './runtime.ts';

export interface ConnectionOptions extends Omit<ConversationOptions, 'send'> {
  readonly webSocket: WebSocket;
  readonly socket: Socket;
  /** Handshakes in the order of their arrival, from 1. */
  readonly number: number;
  readonly faults: FaultEngine;
  readonly runtime: Runtime;
  readonly random: () => number;
  readonly replyOrder: 'shuffled' | 'arrival';
  /** From a command's arrival to its answer. */
  readonly replyLatencyMs: number;
  /** More are error 27. */
  readonly commandsPerSecond: number;
  readonly pingIntervalMs: number;
  readonly maxBufferedBytes: number;
  /** Commands were answered, or unsent bytes have left. */
  readonly onChanged: () => void;
  readonly onClosed: (connection: Connection) => void;
}

const asText = { binary: false };
const asBinary = { binary: true };

/** A conversation on a socket: collects commands, batches writes, watches what is unsent, pings. */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #conversation: Conversation;
  #inbox: string[] = [];
  #answering: NodeJS.Immediate | undefined;
  readonly #lane: FaultLane;
  readonly #commandTokens: TokenBucket | undefined;
  readonly #isCompressed: boolean;
  #isWaitedFor = false;
  #corked = false;
  /** Bytes that may be unsent. Replies that were asked for raise it until everything has left. */
  #allowedBytes: number;
  #cancelPing: () => void = () => undefined;
  #cancelTick: () => void = () => undefined;
  /** Of commands whose answers are on their way. */
  readonly #cancelLate = new Set<() => void>();

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#allowedBytes = options.maxBufferedBytes;
    this.#isCompressed = options.webSocket.extensions !== '';
    const { commandsPerSecond: rate, runtime } = options;
    if (rate < Infinity) {
      this.#commandTokens = new TokenBucket({ capacity: rate, refillPerSecond: rate }, runtime.monotonicMs());
    }
    this.#conversation = new Conversation({ ...options, send: (frame) => this.#send(frame) });
    const { webSocket, socket, tally, faults, number: connection, keyId: key } = options;
    this.#lane = faults.lane({ connection, key }, () => this.#conversation.sids);
    webSocket.on('message', (data) => this.#receive(textOf(data)));
    webSocket.on('ping', (body: Buffer) => this.#lane.sendsPong() && webSocket.pong(body));
    webSocket.on('pong', () => tally.pongsReceived++);
    webSocket.on('error', () => tally.protocolViolations++);
    webSocket.on('close', () => this.#end());
    socket.on('drain', () => this.#drained());
    this.#armPing();
    this.applyFaults();
  }

  get socket(): Socket {
    return this.#options.socket;
  }

  /** Of its handshake. */
  get number(): number {
    return this.#options.number;
  }

  get keyId(): string {
    return this.#options.keyId;
  }

  get following(): number {
    return this.#conversation.following;
  }

  /** Whether enough is unsent that an unpaced tape waits. */
  get slow(): boolean {
    const enough = this.#options.maxBufferedBytes / 4;
    return this.#unsentAbove(enough) || this.#lane.heldBytes > enough;
  }

  /** Ends the subscription when more is unsent than may be. */
  endSlowSubscriptions(): void {
    if (this.following === 0) return;
    if (this.#unsentAbove(this.#allowedBytes) || this.#lane.heldBytes > this.#allowedBytes)
      this.#conversation.failMarketData();
  }

  /** To be called when faults have changed. */
  applyFaults(): void {
    const { runtime, webSocket, onChanged } = this.#options;
    const held = this.#lane.heldBytes;
    this.#perform(this.#lane.stepsAfterChange(runtime.monotonicMs()));
    if (!this.#lane.reads) webSocket.pause();
    else if (webSocket.isPaused && !this.#full) webSocket.resume();
    if (this.#lane.heldBytes < held) onChanged();
  }

  /** Says goodbye if the socket takes that at once, over TLS as soon as it has left, and waits for no answer. */
  close(): void {
    const { webSocket, socket } = this.#options;
    webSocket.close(1001, 'the exchange closes');
    // What is written to an encrypted socket leaves a moment later.
    if (socket instanceof TLSSocket) socket.destroySoon();
    else this.drop();
  }

  /** So many numbers of its subscription to the channel are missing. */
  skipNumbers(channel: string, count: number): void {
    this.#conversation.skipNumbers(channel, count);
  }

  /** Ends it behind what was sent: the other side has read that when it sees the end. */
  hangUp(): void {
    this.#conversation.endAll();
    this.#options.webSocket.close(1001, 'the tape has lost its connection here');
  }

  /** Cuts the connection without a close frame. */
  drop(): void {
    this.#options.webSocket.terminate();
  }

  /** Whether so much is unsent that commands are left unread. */
  get #full(): boolean {
    const { maxBufferedBytes } = this.#options;
    return this.#unsentAbove(maxBufferedBytes) || this.#lane.heldBytes > maxBufferedBytes;
  }

  /**
   * Only when news of its end is to come: whoever waits for the buffer to empty must be told that it has. That is the
   * socket's `drain`, or, when frames wait for the compressor before they reach the socket, the sending of each.
   */
  #unsentAbove(bytes: number): boolean {
    const { socket } = this.#options;
    if (!this.#isCompressed) return socket.writableNeedDrain && socket.writableLength > bytes;
    this.#isWaitedFor ||= this.#unsentBytes > bytes;
    return this.#unsentBytes > bytes;
  }

  get #unsentBytes(): number {
    const { socket, webSocket } = this.#options;
    return this.#isCompressed ? webSocket.bufferedAmount : socket.writableLength;
  }

  #compressedFrameSent(): void {
    if (!this.#isWaitedFor || this.#unsentBytes > this.#options.maxBufferedBytes / 4) return;
    this.#isWaitedFor = false;
    this.#drained();
  }

  #receive(text: string): void {
    this.#inbox.push(text);
    this.#answering ??= setImmediate(() => this.#emptyInbox());
  }

  /** Everything that arrived in one turn of the event loop counts as sent together. */
  #emptyInbox(): void {
    this.#answering = undefined;
    const { replyOrder, replyLatencyMs, random, runtime } = this.#options;
    const commands = replyOrder === 'shuffled' ? shuffled(this.#inbox, random) : this.#inbox;
    this.#inbox = [];
    if (replyLatencyMs === 0) return this.#answer(commands);
    const cancel = runtime.setTimer(replyLatencyMs, () => {
      this.#cancelLate.delete(cancel);
      this.#answer(commands);
    });
    this.#cancelLate.add(cancel);
  }

  #answer(commands: readonly string[]): void {
    const { webSocket, maxBufferedBytes, runtime, onChanged } = this.#options;
    const before = this.#unsentBytes + this.#lane.heldBytes;
    if (before === 0) this.#allowedBytes = maxBufferedBytes;
    for (const command of commands) {
      const isOneTooMany = !(this.#commandTokens?.takeTokens(1, runtime.monotonicMs()) ?? true);
      this.#conversation.receiveCommand(
        this.#lane.idle ? command : this.#lane.commandAsUnderstood(command),
        isOneTooMany,
      );
    }
    this.#allowedBytes += this.#unsentBytes + this.#lane.heldBytes - before;
    // A client that asks and does not read must not fill the memory with answers.
    if (this.#full) webSocket.pause();
    onChanged();
  }

  #drained(): void {
    this.#allowedBytes = this.#options.maxBufferedBytes;
    const { webSocket, onChanged } = this.#options;
    if (webSocket.isPaused && this.#lane.reads && !this.#full) webSocket.resume();
    onChanged();
  }

  #send(frame: string): void {
    if (this.#lane.idle) this.#write(frame);
    else this.#perform(this.#lane.stepsForFrame(frame, this.#options.runtime.monotonicMs()));
  }

  /** Frames of one turn leave in one write: the socket is corked at the first and let go when the turn is over. */
  #write(frame: string | Uint8Array, binary = false): void {
    const { webSocket, socket, tally } = this.#options;
    if (webSocket.readyState !== webSocket.OPEN) return;
    if (!this.#corked) {
      this.#corked = true;
      socket.cork();
      process.nextTick(() => this.#uncork());
    }
    tally.framesSent++;
    const sent = this.#isCompressed ? () => this.#compressedFrameSent() : undefined;
    webSocket.send(frame, binary ? asBinary : asText, sent);
  }

  #uncork(): void {
    if (!this.#corked) return;
    this.#corked = false;
    this.#options.socket.uncork();
  }

  /** Does what faults ask for. */
  #perform(steps: readonly Step[]): void {
    const { webSocket, socket } = this.#options;
    for (const step of steps) {
      switch (step.do) {
        case 'send':
          this.#write(step.data, step.binary);
          break;
        case 'fail':
          // The exchange may be in the middle of an answer that is about this very subscription.
          queueMicrotask(() => this.#conversation.failSid(step.code, step.sid));
          break;
        case 'close':
          webSocket.close(step.code, step.reason);
          break;
        case 'cut':
          // What was sent before has gone: the cork would take it along.
          this.#uncork();
          if (step.half !== undefined && webSocket.readyState === webSocket.OPEN) socket.write(halfFrame(step.half));
          this.drop();
          break;
      }
    }
    this.#armTick();
  }

  #armTick(): void {
    this.#cancelTick();
    const { runtime, webSocket } = this.#options;
    const dueMs = this.#lane.nextTickMs;
    if (dueMs === undefined || webSocket.readyState !== webSocket.OPEN) return;
    const delayMs = Math.max(0, Math.ceil(dueMs - runtime.monotonicMs()));
    this.#cancelTick = runtime.setTimer(delayMs, () => this.applyFaults());
  }

  #armPing(): void {
    const { runtime, pingIntervalMs, webSocket, tally } = this.#options;
    this.#cancelPing = runtime.setTimer(pingIntervalMs, () => {
      this.#armPing();
      if (webSocket.readyState !== webSocket.OPEN || !this.#lane.sendsPing()) return;
      tally.pingsSent++;
      webSocket.ping(SERVER_PING.body);
    });
  }

  #end(): void {
    this.#cancelPing();
    this.#cancelTick();
    clearImmediate(this.#answering);
    for (const cancel of this.#cancelLate) cancel();
    this.#conversation.endAll();
    this.#options.onClosed(this);
  }
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString();
  return Buffer.isBuffer(data) ? data.toString() : Buffer.from(data).toString();
}

/** The start of an unmasked text frame that announces more than comes. */
function halfFrame(text: string): Buffer {
  const body = Buffer.from(text);
  const head = Buffer.alloc(body.length < 65_536 ? 4 : 10);
  head[0] = 0x81;
  if (head.length === 4) {
    head[1] = 126;
    head.writeUInt16BE(body.length, 2);
  } else {
    head[1] = 127;
    head.writeBigUInt64BE(BigInt(body.length), 2);
  }
  return Buffer.concat([head, body.subarray(0, Math.floor(body.length / 2))]);
}
