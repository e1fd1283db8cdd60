// Answers that come out of order, are refusals, or do not say what they are about.
import { describe, expect, test } from 'vitest';
import {
  A,
  B,
  conversation,
  delta,
  snapshot,
  snapshotRequests,
  subscribed,
  syncedConversation,
} from './scripted-exchange.ts';

const SECOND = 1000;

const error = (code: number, more: object = {}): string =>
  JSON.stringify({ type: 'error', ...more, msg: { code, msg: 'no' } });
const subscribedTo = (id: number, channel: string, sid: number): string =>
  JSON.stringify({ type: 'subscribed', id, msg: { channel, sid } });
const listed = (id: number, ...subscriptions: [string, number][]): string =>
  JSON.stringify({ type: 'ok', id, msg: subscriptions.map(([channel, sid]) => ({ channel, sid })) });
const trade = (seq: number, sid = 2): string =>
  JSON.stringify({
    type: 'trade',
    sid,
    seq,
    msg: {
      trade_id: `t${seq}`,
      market_ticker: A,
      yes_price_dollars: '0.4300',
      no_price_dollars: '0.5700',
      count_fp: '1.00',
      taker_side: 'yes',
      ts_ms: 1_800_000_000_123,
    },
  });

async function withTrades(scope: 'all' | 'markets' = 'all') {
  const it = await syncedConversation({ channels: { trade: scope } });
  it.socket.send(subscribedTo(2, 'trade', 2), trade(1));
  return it;
}

describe('the list of subscriptions', () => {
  test('that was made before a subscription was confirmed says nothing about it', async () => {
    const it = conversation();
    const dialled = it.dial();
    it.client.start();
    const socket = await dialled;
    socket.listener.opened();
    const reached = it.client.barrier();
    // The question was put before the subscription was there; the exchange answers it late.
    socket.send(subscribed(1), snapshot(1, A), snapshot(2, B), listed(2));
    await reached;
    expect(it.client.status()).toMatchObject({ phase: 'live', synced: 2, epoch: 1 });
    expect(it.of('problem')).toEqual([]);
  });

  test('that does not name what was there before and still is costs that alone', async () => {
    const it = await withTrades();
    const reached = it.client.barrier();
    it.socket.send(listed(3, ['orderbook_delta', 1]));
    await reached;
    expect(it.client.status()).toMatchObject({ synced: 2, epoch: 1 });
    expect(it.socket.commands.at(-1)).toMatchObject({ cmd: 'subscribe', params: { channels: ['trade'] } });
  });
});

describe('an unsubscribe', () => {
  async function ending() {
    const it = await withTrades('markets');
    it.client.removeMarkets([A, B]);
    const command = it.socket.commands.at(-1)!;
    expect(command).toMatchObject({ cmd: 'unsubscribe', params: { sids: [2] } });
    it.runtime.advance(100);
    it.client.addMarkets([A]);
    return { ...it, command };
  }

  test.each([1, 5, 7, 27])('that is refused with error %i does not end the channel for good', async (code) => {
    const it = await ending();
    it.socket.send(error(code, { id: it.command.id }));
    let seq = 2;
    let answered = 2;
    const brought = () =>
      it.socket.commands
        .slice(2)
        .some(
          (command) =>
            (command.cmd === 'subscribe' && command.params.channels[0] === 'trade') ||
            (command.cmd === 'update_subscription' &&
              command.params.sid === 2 &&
              command.params.action === 'add_markets' &&
              (command.params.market_tickers ?? []).includes(A)),
        );
    for (let waited = 0; waited < 120 && !brought(); waited++) {
      for (const command of it.socket.commands.slice(answered)) {
        answered++;
        if (command.cmd === 'update_subscription' && command.params.sid === 1) {
          it.socket.send({
            type: 'ok',
            id: command.id,
            sid: 1,
            seq: ++seq,
            msg: { market_tickers: command.params.action === 'delete_markets' ? [] : [A] },
          });
          if (command.params.action === 'add_markets') it.socket.send(snapshot(++seq, A));
        }
      }
      it.socket.listener.pong();
      it.runtime.advance(SECOND);
    }
    expect(brought()).toBe(true);
    expect(it.client.status().epoch).toBe(1);
  });

  test('that nobody answers does not either', async () => {
    const it = await ending();
    let seq = 2;
    let answered = 2;
    const after = it.socket.commands.length;
    for (let waited = 0; waited < 120; waited++) {
      for (const command of it.socket.commands.slice(answered)) {
        answered++;
        if (command.cmd === 'update_subscription' && command.params.sid === 1) {
          it.socket.send({
            type: 'ok',
            id: command.id,
            sid: 1,
            seq: ++seq,
            msg: { market_tickers: command.params.action === 'delete_markets' ? [] : [A] },
          });
          if (command.params.action === 'add_markets') it.socket.send(snapshot(++seq, A));
        }
      }
      it.socket.listener.pong();
      it.runtime.advance(SECOND);
    }
    const about = it.socket.commands
      .slice(after)
      .filter(
        (command) =>
          JSON.stringify(command).includes('"trade"') ||
          ('params' in command && 'sid' in command.params && command.params.sid === 2),
      );
    expect(about.length).toBeGreaterThan(0);
    expect(it.client.status()).toMatchObject({ epoch: 1, synced: 1 });
  });
});

describe('an error that ends a subscription and has no sid', () => {
  test.each([10, 17, 25])('%i to a command of another channel costs that channel alone', async (code) => {
    const it = await syncedConversation({ channels: { trade: 'all' } });
    it.socket.send(error(code, { id: 2 }));
    expect(it.client.status()).toMatchObject({ synced: 2, epoch: 1 });
    expect(it.of('stale')).toEqual([]);
  });

  test('10 on another channel, for ten minutes: one socket, and every book stays', async () => {
    const it = await syncedConversation({ channels: { trade: 'all' } });
    let answered = 1;
    let seq = 2;
    for (let waited = 0; waited < 600; waited++) {
      for (const command of it.socket.commands.slice(answered)) {
        answered++;
        if (command.cmd === 'subscribe') it.socket.send(error(10, { id: command.id }));
        if (command.cmd === 'list_subscriptions') it.socket.send(listed(command.id, ['orderbook_delta', 1]));
      }
      it.socket.send(delta(++seq, A, '0.4000', '1.00'));
      it.socket.listener.pong();
      it.runtime.advance(SECOND);
    }
    expect(it.sockets).toHaveLength(1);
    expect(it.of('stale')).toEqual([]);
    const asked = it.socket.commands.filter(({ cmd }) => cmd === 'subscribe').length;
    expect(asked).toBeGreaterThan(10);
    expect(asked).toBeLessThan(70);
  });

  test('and answers nothing is cleared up by asking what is still there', async () => {
    const it = await withTrades();
    it.socket.send(error(10));
    const question = it.socket.commands.at(-1)!;
    expect(question.cmd).toBe('list_subscriptions');
    // Until then the books may be dead.
    expect(it.client.book(A)).toMatchObject({ synced: false, staleReason: 'unanswered' });
    it.socket.send(delta(3, A, '0.4000', '1.00'), listed(question.id, ['orderbook_delta', 1]));
    expect(it.client.status()).toMatchObject({ synced: 2, epoch: 1 });
    expect(it.client.book(A)!.sizeAt('yes', 4000)).toBe(1100);
    expect(snapshotRequests(it.socket)).toEqual([]);
    expect(it.socket.commands.at(-1)).toMatchObject({ cmd: 'subscribe', params: { channels: ['trade'] } });
  });

  test('and answers nothing, while the books are dead, has them made anew on the same connection', async () => {
    const it = await withTrades();
    it.socket.send(error(10));
    it.socket.send(listed(it.socket.commands.at(-1)!.id, ['trade', 2]));
    expect(it.socket.commands.at(-1)).toMatchObject({ cmd: 'subscribe', params: { channels: ['orderbook_delta'] } });
    expect(it.client.status()).toMatchObject({ synced: 0, epoch: 1 });
  });

  test('with nothing but the books subscribed to is theirs', async () => {
    const it = await syncedConversation();
    it.socket.send(error(10));
    expect(it.socket.open).toBe(true);
    expect(it.socket.commands.at(-1)).toMatchObject({ cmd: 'subscribe', params: { channels: ['orderbook_delta'] } });
    expect(it.client.status().synced).toBe(0);
  });

  test('whose question is never answered costs the connection at the deadline', async () => {
    const it = await withTrades();
    it.socket.send(error(25));
    for (let waited = 0; waited < 40 && it.socket.open; waited++) {
      it.socket.listener.pong();
      it.runtime.advance(SECOND);
    }
    expect(it.socket.open).toBe(false);
  });
});

test('a channel that is ended each time it has told something is not made anew in a fast loop', async () => {
  const it = await withTrades();
  let sid = 2;
  let answered = 2;
  for (let ms = 0; ms < 10_000; ms += 10) {
    it.socket.send(error(25, { sid }));
    for (const command of it.socket.commands.slice(answered)) {
      answered++;
      it.socket.send(subscribedTo(command.id, 'trade', ++sid), trade(1, sid));
    }
    it.runtime.advance(10);
  }
  expect(it.socket.commands.length).toBeLessThan(8);
  expect(it.client.status()).toMatchObject({ synced: 2, epoch: 1 });
});

test('an audit that is refused makes no book stale', async () => {
  const it = await syncedConversation({ auditIntervalMs: 10_000 });
  let seq = 2;
  let answered = 1;
  for (let waited = 0; waited < 120; waited++) {
    for (const { id } of it.socket.commands.slice(answered)) {
      answered++;
      it.socket.send(error(27, { id }));
    }
    it.socket.send(delta(++seq, A, '0.4000', '1.00'));
    it.socket.listener.pong();
    it.runtime.advance(SECOND);
  }
  expect(answered).toBeGreaterThan(5);
  expect(it.of('stale')).toEqual([]);
});
