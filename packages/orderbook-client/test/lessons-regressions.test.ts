// What the twelve lessons found in this client, so that it does not come back.
import { describe, expect, test } from 'vitest';
import { OrderbookClientError } from '../src/index.ts';
import {
  A,
  B,
  conversation,
  delta,
  snapshot,
  subscribed,
  snapshotRequests,
  syncedConversation,
} from './scripted-exchange.ts';

describe('lesson 9: schema drift', () => {
  test.each(['bids', 'orders_yes', 'levels', 'book'])(
    'a snapshot whose levels are under the unknown key "%s" is no empty book',
    async (key) => {
      const { socket, client, of } = await syncedConversation();
      const levels = [['0.3000', '2.00']];
      const value = key === 'book' ? { yes: levels } : levels;
      socket.send(
        JSON.stringify({
          type: 'orderbook_snapshot',
          sid: 1,
          seq: 3,
          msg: { market_ticker: A, market_id: 'x', [key]: value },
        }),
      );
      expect(of('problem').map(({ error }) => error.code)).toEqual(['PROTOCOL_VIOLATION']);
      expect(client.book(A)!.synced).toBe(false);
    },
  );
  test('a snapshot with one side under an unknown key is no half-empty book', async () => {
    const { socket, client } = await syncedConversation();
    socket.send(
      JSON.stringify({
        type: 'orderbook_snapshot',
        sid: 1,
        seq: 3,
        msg: { market_ticker: A, yes_dollars_fp: [['0.3000', '2.00']], ask_dollars_fp: [['0.3000', '2.00']] },
      }),
    );
    expect(client.book(A)!.synced).toBe(false);
  });
});

describe('lesson 1: numbers', () => {
  test('that start again after only two are seen', async () => {
    const { socket, of } = await syncedConversation();
    socket.send(delta(1, A, '0.1000', '1.00'), delta(2, A, '0.1100', '1.00'), delta(3, A, '0.1200', '1.00'));
    expect(of('problem').map(({ error }) => error.code)).toEqual(['SEQUENCE_RESET']);
  });
});

describe('lesson 2: the data clock', () => {
  test.each([false, true])('is not fed by errors on the books’ sid (errors: %s)', async (errors) => {
    const markets = Array.from({ length: 50 }, (_, i) => `KXMANY-${i}`);
    const it = conversation({ markets });
    const dialled = it.dial();
    it.client.start();
    const socket = await dialled;
    socket.listener.opened();
    let seq = 0;
    const change = new Map(markets.map((market) => [market, 0]));
    socket.send(subscribed(1), ...markets.map((market) => snapshot(++seq, market)));
    let answered = 0;
    const pass = (): void => {
      it.runtime.advance(100);
      socket.listener.pong();
    };
    // Each market moves every 5 s, the sid every 100 ms.
    for (let i = 0; i < 3000; i++) {
      const market = markets[i % 50]!;
      change.set(market, change.get(market)! + 1);
      socket.send(delta(++seq, market, '0.1000', '1.00'));
      pass();
      for (const [asked] of snapshotRequests(socket).slice(answered)) {
        answered++;
        socket.send(snapshot(++seq, asked!, [['0.1000', `${change.get(asked!)!}.00`]]));
      }
    }
    const before = snapshotRequests(socket).length;
    for (let i = 0; i < 50; i++) {
      if (errors) socket.send({ type: 'error', sid: 1, msg: { code: 18, msg: 'Command timeout' } });
      pass();
    }
    expect(snapshotRequests(socket).length - before).toBe(1);
  });
});

describe('lesson 6: jitter', () => {
  test('is on top of a Retry-After on the very first try, too', async () => {
    const delays: number[] = [];
    const it = conversation();
    const dialled = it.dial();
    it.client.start();
    const socket = await dialled;
    socket.listener.closed(new OrderbookClientError('RATE_LIMITED', 'no', { httpStatus: 429, retryAfterMs: 60_000 }));
    delays.push(it.of('problem')[0]!.retryInMs!);
    expect(delays[0]).toBeGreaterThan(60_000);
  });
});

describe('lesson 3: acknowledgements', () => {
  test('that no longer list a market make its book stale until its new snapshot', async () => {
    const it = await syncedConversation();
    it.client.addMarkets(['KXTEST-26NOV22-C']);
    it.socket.send({ type: 'ok', id: 2, sid: 1, seq: 3, msg: { market_tickers: [A, 'KXTEST-26NOV22-C'] } });
    expect(it.client.book(B)!.synced).toBe(false);
  });
});
