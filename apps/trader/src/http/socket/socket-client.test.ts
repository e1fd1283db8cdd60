import { EventEmitter } from 'node:events';
import type { WebSocket } from 'ws';
import { describe, expect, test } from 'vitest';
import { SocketClient, type DropReason } from './socket-client.ts';

class StubSocket extends EventEmitter {
  readonly OPEN = 1;
  readyState = 1;
  bufferedAmount = 0;
  readonly sent: string[] = [];
  closed: readonly [code: number, reason: string] | null = null;
  send(text: string): void {
    this.sent.push(text);
  }
  pause(): void {}
  close(code: number, reason: string): void {
    this.readyState = 2;
    this.closed = [code, reason];
  }
}

function connected() {
  const socket = new StubSocket();
  const drops: DropReason[] = [];
  const client = new SocketClient(socket as unknown as WebSocket, {
    maxBufferedBytes: 100,
    hasBook: (market) => market !== 'NONE',
    onDrop: (reason) => drops.push(reason),
    onFailure: (error) => {
      throw error;
    },
  });
  const ask = (message: unknown) => {
    socket.emit('message', Buffer.from(JSON.stringify(message)), false);
    return JSON.parse(socket.sent.at(-1)!) as { type: string; books?: string[]; error?: { code: string } };
  };
  return { socket, client, drops, ask };
}

const named = (from: number, count: number) => Array.from({ length: count }, (_, i) => `M${from + i}`);

describe('SocketClient', () => {
  test('sends up to its bound, then drops its reader once, with the reason in 123 bytes', () => {
    const { socket, client, drops } = connected();
    socket.bufferedAmount = 100;
    client.send('a');
    socket.bufferedAmount = 101;
    client.send('b');
    client.send('c');
    expect(socket.sent).toEqual(['a']);
    expect(drops).toEqual(['slow']);
    expect(socket.closed![0]).toBe(1008);
    expect(Buffer.byteLength(socket.closed![1])).toBeLessThanOrEqual(123);
  });

  test('takes no market of a list in which one is unknown', () => {
    const { client, ask } = connected();
    expect(ask({ subscribe: { books: ['A', 'NONE'] } }).error!.code).toBe('BOOK_UNKNOWN');
    expect(client.books.size).toBe(0);
  });

  test('follows 500 books and no more, until it leaves some', () => {
    const { client, ask } = connected();
    ask({ subscribe: { books: named(0, 250) } });
    expect(ask({ subscribe: { books: named(250, 250) } }).books).toHaveLength(500);
    expect(ask({ subscribe: { books: ['M500'] } }).error!.code).toBe('TOO_MANY_BOOKS');
    expect(ask({ subscribe: { books: ['M0'] } }).type).toBe('subscribed');
    ask({ unsubscribe: { books: ['M0'] } });
    expect(ask({ subscribe: { books: ['M500'] } }).type).toBe('subscribed');
    expect(client.books.size).toBe(500);
  });

  test('does not send a book anew that is subscribed to twice', () => {
    const { client, ask } = connected();
    ask({ subscribe: { books: ['A'] } });
    client.books.set('A', 'as it was');
    ask({ subscribe: { books: ['A', 'B'] } });
    expect([...client.books]).toEqual([
      ['A', 'as it was'],
      ['B', null],
    ]);
  });
});
