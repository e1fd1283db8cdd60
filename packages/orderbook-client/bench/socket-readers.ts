// The floors: what reading costs before anybody keeps a book.
import { once } from 'node:events';
import { request } from 'node:http';
import { request as requestTls } from 'node:https';
import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import { Countdown } from './countdown.ts';
import type { Reader } from './reader.ts';

type Parsed = { readonly msg: { readonly market_ticker: string } };

/** Bytes off the connection, unlooked at: what the sender can do at most. */
export const bytesOnly: Reader = {
  name: 'bytes only (the sender’s own maximum)',
  open: async (sender) => {
    const url = new URL(sender.url);
    const secure = url.protocol === 'wss:';
    url.protocol = secure ? 'https:' : 'http:';
    const upgrade = (secure ? requestTls : request)(url, {
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-key': Buffer.alloc(16).toString('base64'),
        'sec-websocket-version': '13',
      },
    });
    upgrade.end();
    const [, socket] = (await once(upgrade, 'upgrade')) as [unknown, Socket];
    const countdown = new Countdown(sender.deltaBytes);
    socket.on('data', (bytes: Buffer) => countdown.tick(bytes.length));
    socket.on('error', () => undefined);
    return { done: countdown.done, close: () => Promise.resolve(void socket.destroy()) };
  },
};

const socketReader = (name: string, take: (data: Buffer) => unknown): Reader => ({
  name,
  open: async (sender) => {
    const socket = new WebSocket(sender.url, { perMessageDeflate: false });
    await once(socket, 'open');
    const countdown = new Countdown(sender.deltas);
    socket.on('message', (data: Buffer) => {
      take(data);
      countdown.tick();
    });
    return {
      done: countdown.done,
      close: async () => {
        socket.terminate();
        await once(socket, 'close');
      },
    };
  },
});

/** `ws`, and nothing is done with the message. */
export const receiveOnly = socketReader('receive only', (data) => data.length);

/** U, the unit of all others: `ws` and `JSON.parse`. */
export const parseOnly = socketReader('U: bare ws + JSON.parse', (data) => JSON.parse(data.toString('utf8')));

/** U and a look-up of the market's name, as any client that keeps books has to do. */
export function parseAndLookUp(markets: readonly string[]): Reader {
  const counts = new Map(markets.map((market) => [market, { changes: 0 }]));
  return socketReader('bare ws + JSON.parse + Map look-up', (data) => {
    const { msg } = JSON.parse(data.toString('utf8')) as Parsed;
    counts.get(msg.market_ticker)!.changes++;
  });
}
