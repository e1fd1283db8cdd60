// How much of the process one connection may take: its place, one answer at a time, and a time for each. A full house makes
// room for whoever comes, so that a probe always gets in: the connection that has been silent for the longest time goes, or,
// if each is being answered, the one that has been at it for the longest time.
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimer } from '../runtime/set-timer.ts';
import type { Outcomes } from './outcomes.ts';
import type { ResolvedHttpOptions } from '../config/http-options.ts';

/** Requests that a client may send without waiting for the answer to the first. */
const MAX_PIPELINED = 16;

type Waiting = { readonly response: ServerResponse; readonly answer: () => void };

type Connection = {
  readonly peer: string;
  readonly socket: Socket;
  /** Requests that are not answered yet; the first one is under way. */
  readonly queue: Waiting[];
  /** It speaks WebSocket: it is in nobody's way here, and has limits of its own. */
  isUpgraded: boolean;
};

export class Connections {
  readonly #options: ResolvedHttpOptions;
  readonly #outcomes: Outcomes;
  /** Of each peer, those that were silent for the longest time first. */
  readonly #open = new Map<string, Connection>();
  #upgraded = 0;

  constructor(options: ResolvedHttpOptions, outcomes: Outcomes) {
    this.#options = options;
    this.#outcomes = outcomes;
  }

  /** Without those that speak WebSocket. */
  get size(): number {
    return this.#open.size - this.#upgraded;
  }

  /** @param socket as it was accepted, before any TLS */
  add(socket: Socket): void {
    const peer = peerOf(socket);
    // It is gone already.
    if (peer === null) return void socket.destroy();
    if (this.size >= this.#options.maxConnections) this.#makeRoom();
    const connection: Connection = { peer, socket, queue: [], isUpgraded: false };
    this.#open.set(peer, connection);
    socket.once('close', () => {
      connection.queue.length = 0;
      if (connection.isUpgraded) this.#upgraded--;
      if (this.#open.get(peer) === connection) this.#open.delete(peer);
    });
  }

  /** Answers the request once those before it on the same connection are answered. */
  answer(socket: Socket, response: ServerResponse, answer: () => void): void {
    const connection = this.#of(socket);
    if (!connection) return void socket.destroy();
    if (connection.queue.length >= MAX_PIPELINED) return this.#cut(connection, 'TOO_MANY_PIPELINED');
    connection.queue.push({ response, answer });
    if (connection.queue.length === 1) this.#begin(connection);
  }

  /** Lets go of a connection that is to speak WebSocket. False if it is gone. */
  release(socket: Socket): boolean {
    const connection = this.#of(socket);
    if (!connection) return false;
    connection.isUpgraded = true;
    this.#upgraded++;
    return true;
  }

  /** Whether anything is being answered on it. */
  isBusy(socket: Socket): boolean {
    return (this.#of(socket)?.queue.length ?? 0) > 0;
  }

  /** All of them, whatever they are about. */
  destroy(): void {
    for (const { socket } of this.#open.values()) socket.destroy();
  }

  #of(socket: Socket): Connection | undefined {
    const peer = peerOf(socket);
    const connection = peer === null ? undefined : this.#open.get(peer);
    return connection?.socket.destroyed ? undefined : connection;
  }

  #begin(connection: Connection): void {
    const [first] = connection.queue;
    if (!first) return this.#touch(connection);
    const cancel = setTimer(this.#options.answerTimeoutMs, () => this.#cut(connection, 'ANSWER_TIMEOUT'));
    first.response.once('close', () => {
      cancel();
      connection.queue.shift();
      this.#begin(connection);
    });
    first.answer();
  }

  /** It was heard of just now. */
  #touch(connection: Connection): void {
    if (this.#open.delete(connection.peer)) this.#open.set(connection.peer, connection);
  }

  #makeRoom(): void {
    const open = [...this.#open.values()].filter(({ isUpgraded, socket }) => !isUpgraded && !socket.destroyed);
    const first = open.find(({ queue }) => queue.length === 0) ?? open[0];
    if (first) this.#cut(first, 'TOO_MANY_CONNECTIONS');
  }

  #cut({ socket, queue }: Connection, code: 'TOO_MANY_CONNECTIONS' | 'TOO_MANY_PIPELINED' | 'ANSWER_TIMEOUT'): void {
    this.#outcomes.refused(code);
    queue.length = 0;
    socket.destroy();
  }
}

/** The same for a connection and for the TLS on it. */
const peerOf = ({ remoteAddress, remotePort }: Socket): string | null =>
  remoteAddress === undefined ? null : `${remoteAddress} ${remotePort}`;
