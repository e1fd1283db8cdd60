// A conversation with a bit of everything, and a close at each of its steps: what is over leaves nothing behind.
import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { OrderbookClientError } from '../src/index.ts';
import type { WireFrame } from '../src/wire.ts';
import { A, B, conversation, delta, snapshot, subscribed, type ScriptedSocket } from './scripted-exchange.ts';

const C = 'KXTEST-26NOV22-C';

/** The conversation so far, and what its steps have left to be settled. */
class Story {
  readonly it = conversation({ auditIntervalMs: 10_000 });
  readonly abort = new AbortController();
  readonly promises: Promise<unknown>[] = [];
  #dialled: Promise<ScriptedSocket> | undefined;

  get socket(): ScriptedSocket {
    return this.it.sockets.at(-1)!;
  }

  /** What makes the client dial; the socket comes a moment later. */
  causeDial(cause: () => void): void {
    this.#dialled = this.it.dial();
    // A close in between is the point of the story: then nobody dials.
    this.#dialled.catch(() => undefined);
    cause();
  }

  async dialled(): Promise<void> {
    await this.#dialled;
  }

  send(...frames: WireFrame[]): void {
    this.socket.send(...frames);
  }

  /** Time with live pings. */
  pass(ms: number): void {
    for (let passed = 0; passed < ms; passed += 1000) {
      this.it.runtime.advance(Math.min(1000, ms - passed));
      this.socket.listener.pong();
    }
  }
}

const STEPS: readonly (readonly [name: string, step: (story: Story) => void | Promise<void>])[] = [
  ['the start', (story) => story.causeDial(() => story.it.client.start())],
  ['the dial', (story) => story.dialled()],
  ['the open socket', ({ socket }) => socket.listener.opened()],
  [
    'a wait for the books',
    ({ it, abort, promises }) => void promises.push(it.client.whenSynced({ signal: abort.signal, timeoutMs: 900_000 })),
  ],
  [
    'a reader of events',
    ({ it, abort, promises }) => void promises.push(it.client.events({ signal: abort.signal }).next()),
  ],
  ['the acknowledgement', (story) => story.send(subscribed(1))],
  ['the first snapshot', (story) => story.send(snapshot(1, A, [['0.4000', '10.00']]))],
  ['the second snapshot', (story) => story.send(snapshot(2, B))],
  ['a new market', ({ it }) => it.client.addMarkets([C])],
  ['a question', ({ it, promises }) => void promises.push(it.client.barrier())],
  ['a gap', (story) => story.send(delta(9, A, '0.4000', '1.00'))],
  ['a second gap', (story) => story.send(delta(12, A, '0.4000', '1.00'))],
  ['a pause', ({ it }) => it.client.pause()],
  ['time in the pause', (story) => story.pass(60_000)],
  ['its end', ({ it }) => it.client.resume()],
  [
    'the answer that ends the doubt',
    (story) =>
      story.send({ type: 'ok', id: story.socket.commands.at(-1)!.id, msg: [{ channel: 'orderbook_delta', sid: 1 }] }),
  ],
  ['the next question', (story) => story.pass(600)],
  ['the books again', (story) => story.send(snapshot(13, A), snapshot(14, B), snapshot(15, C))],
  ['an audit', (story) => story.pass(16_000)],
  [
    'a second reader, who is slow',
    ({ it, abort }) => void it.client.events({ signal: abort.signal, maxQueued: 1, overflow: 'pause' }),
  ],
  ['an event that nobody reads', (story) => story.send(delta(16, A, '0.4000', '1.00'))],
  ['the loss of the connection', (story) => story.causeDial(() => story.socket.cut())],
  ['the wait', ({ it }) => it.runtime.advance(30_000)],
  ['the next dial', (story) => story.dialled()],
  [
    'a refused key',
    (story) => story.causeDial(() => story.socket.listener.closed(new OrderbookClientError('AUTH_REJECTED', 'no'))),
  ],
  ['a long wait', ({ it }) => it.runtime.advance(60_000)],
  ['the third dial', (story) => story.dialled()],
  ['the third open socket', ({ socket }) => socket.listener.opened()],
  ['a reconnect that was asked for', (story) => story.causeDial(() => story.it.client.reconnect('enough'))],
];

describe('a close', () => {
  test.each(STEPS.map(([name], at) => [name, at] as const))(
    'after %s leaves no timer, no socket and no listener',
    async (_name, at) => {
      const story = new Story();
      const { it, abort, promises } = story;
      for (const [, step] of STEPS.slice(0, at + 1)) await step(story);
      const settled = Promise.allSettled(promises);
      await it.client.close();

      expect(it.runtime.armedTimers).toBe(0);
      expect(it.sockets.filter(({ open }) => open)).toEqual([]);
      expect(getEventListeners(abort.signal, 'abort')).toEqual([]);
      await settled;
      const seen = it.events.length;
      const dialled = it.sockets.length;
      for (const socket of it.sockets) {
        socket.listener.opened();
        socket.send(subscribed(1), snapshot(1, A));
        socket.listener.pong();
        socket.listener.closed(new OrderbookClientError('DISCONNECTED', 'late'));
      }
      it.client.start();
      it.client.addMarkets(['KXTEST-26NOV22-D']);
      it.client.pause();
      it.client.resume();
      it.runtime.advance(60 * 60_000);
      for (let turn = 0; turn < 20; turn++) await Promise.resolve();
      expect(it.events).toHaveLength(seen);
      expect(it.sockets).toHaveLength(dialled);
      expect(it.runtime.armedTimers).toBe(0);
      expect(it.client.status().phase).toBe('closed');
    },
  );
});
