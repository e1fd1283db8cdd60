import { describe, expect, test } from 'vitest';
import type { WireCommand, WireFrame } from '../src/wire.ts';
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

const C = 'KXTEST-26NOV22-C';
const D = 'KXTEST-26NOV22-D';

const ok = (id: number, seq: number, markets: string[]): WireFrame => ({
  type: 'ok',
  id,
  sid: 1,
  seq,
  msg: { market_tickers: markets },
});

/** What a command asks of the subscription, without its id. */
const asked = (command: WireCommand | undefined) =>
  command?.cmd === 'subscribe'
    ? ['subscribe', command.params.market_tickers]
    : command?.cmd === 'update_subscription'
      ? [command.params.action, command.params.market_tickers]
      : command?.cmd;

describe('addMarkets', () => {
  test('asks for the new markets only, in chunks, and syncs them with their snapshots', async () => {
    const { client, socket } = await syncedConversation({ marketsPerCommand: 2 });
    client.addMarkets([C, D, A, 'KXTEST-E']);
    expect(socket.commands.slice(1).map(asked)).toEqual([
      ['add_markets', [C, D]],
      ['add_markets', ['KXTEST-E']],
    ]);
    expect(client.book(C)).toMatchObject({ synced: false, staleReason: 'no-snapshot-yet' });
    socket.send(ok(2, 3, [A, B, C, D]), snapshot(4, C, [['0.1000', '1.00']]));
    expect(client.book(C)!.levels('yes')).toEqual([[1000, 100]]);
    expect(client.book(A)!.synced).toBe(true);
    expect(client.status().phase).toBe('live');
  });

  test('before the socket is open joins the first subscription', async () => {
    const { client, dial } = conversation();
    const dialled = dial();
    client.start();
    const socket = await dialled;
    client.addMarkets([C]);
    socket.listener.opened();
    expect(socket.commands.map(asked)).toEqual([['subscribe', [A, B, C]]]);
  });

  test('before the first acknowledgement sends a subscribe, which the exchange merges', async () => {
    const { client, dial } = conversation();
    const dialled = dial();
    client.start();
    const socket = await dialled;
    socket.listener.opened();
    client.addMarkets([C]);
    expect(socket.commands.map(asked)).toEqual([
      ['subscribe', [A, B]],
      ['subscribe', [C]],
    ]);
    socket.send(subscribed(2), snapshot(1, C), ok(1, 2, [A, B, C]), snapshot(3, A), snapshot(4, B));
    expect(client.status()).toMatchObject({ phase: 'live', synced: 3 });
    expect(socket.commands).toHaveLength(2);
  });

  test('is remembered over a reconnect', async () => {
    const { client, runtime, socket, dial } = await syncedConversation();
    client.addMarkets([C]);
    client.removeMarkets([A]);
    const redialled = dial();
    socket.cut();
    runtime.advance(0);
    const next = await redialled;
    next.listener.opened();
    expect(next.commands.map(asked)).toEqual([['subscribe', [B, C]]]);
  });

  test('refuses what is no ticker, and then adds nothing', async () => {
    const { client, socket } = await syncedConversation();
    expect(() => client.addMarkets([C, 'not a ticker'])).toThrow(TypeError);
    expect(client.book(C)).toBeUndefined();
    expect(socket.commands).toHaveLength(1);
  });

  test('acknowledged for one of two is asked again for the other at the deadline, not at once', async () => {
    const { client, runtime, socket, of } = await syncedConversation();
    client.addMarkets([C, D]);
    socket.send(ok(2, 3, [A, B, C]), snapshot(4, C));
    expect(socket.commands).toHaveLength(2);
    for (let seq = 5; of('problem').length === 0 && seq < 100; seq++) {
      socket.send(delta(seq, A, '0.4000', '1.00'));
      socket.listener.pong();
      runtime.advance(1000);
    }
    expect(of('problem')).toMatchObject([{ error: { code: 'NO_ANSWER', message: expect.stringContaining(D) } }]);
    expect(asked(socket.commands.at(-1))).toEqual(['add_markets', [D]]);
    expect(client.book(A)!.synced).toBe(true);
  });

  test('that is refused is reported, and its neighbours stay', async () => {
    const { client, socket, of } = await syncedConversation();
    client.addMarkets([C]);
    socket.send({ type: 'error', id: 2, sid: 1, seq: 3, msg: { code: 26, msg: 'Subscription market limit exceeded' } });
    expect(of('problem')).toMatchObject([{ error: { code: 'COMMAND_REJECTED', exchangeCode: 26 } }]);
    expect(client.status()).toMatchObject({ phase: 'live', synced: 2, wanted: 3 });
    expect(of('gap')).toEqual([]);
  });
});

describe('removeMarkets', () => {
  test('takes out these markets alone and disturbs no neighbour', async () => {
    const { client, socket } = await syncedConversation();
    const view = client.book(A)!;
    client.removeMarkets([A, 'KXNEVER-WANTED']);
    expect(socket.commands.slice(1).map(asked)).toEqual([['delete_markets', [A]]]);
    expect(client.book(A)).toBeUndefined();
    expect(view).toMatchObject({ synced: false, staleReason: 'unwanted' });
    socket.send(ok(2, 3, [B]), delta(4, B, '0.2000', '1.00'));
    expect(client.book(B)!.sizeAt('yes', 2000)).toBe(100);
  });

  test('passes on what still comes of it, unapplied, because its numbers count', async () => {
    const { client, socket, of } = await syncedConversation();
    client.removeMarkets([A]);
    socket.send(delta(3, A, '0.4000', '1.00'), ok(2, 4, [B]), delta(5, B, '0.2000', '1.00'));
    expect(of('delta').map(({ market, applied }) => [market, applied])).toEqual([
      [A, false],
      [B, true],
    ]);
    expect(of('gap')).toEqual([]);
    expect(client.status().counters.foreign).toBe(1);
  });

  test('of a market that is wanted again before the answer comes ends with it wanted', async () => {
    const { client, socket } = await syncedConversation();
    client.removeMarkets([A]);
    client.addMarkets([A]);
    expect(socket.commands.slice(1).map(asked)).toEqual([['delete_markets', [A]]]);
    socket.send(ok(2, 3, [B]));
    expect(asked(socket.commands.at(-1))).toEqual(['add_markets', [A]]);
    socket.send(ok(3, 4, [A, B]), snapshot(5, A, [['0.3000', '2.00']]));
    expect(client.book(A)!.levels('yes')).toEqual([[3000, 200]]);
    expect(socket.commands).toHaveLength(3);
  });

  test('of a market whose addition is under way takes it out once it is confirmed', async () => {
    const { client, socket } = await syncedConversation();
    client.addMarkets([C]);
    client.removeMarkets([C]);
    expect(socket.commands.slice(1).map(asked)).toEqual([['add_markets', [C]]]);
    socket.send(ok(2, 3, [A, B, C]), snapshot(4, C));
    expect(asked(socket.commands.at(-1))).toEqual(['delete_markets', [C]]);
    expect(client.book(C)).toBeUndefined();
  });

  test('is asked once, whatever else changes before its answer', async () => {
    const { client, runtime, socket } = await syncedConversation();
    client.removeMarkets([A]);
    client.addMarkets([C]);
    runtime.advance(100);
    socket.send(ok(3, 3, [A, B, C]), snapshot(4, C));
    expect(socket.commands.slice(1).map(asked)).toEqual([
      ['delete_markets', [A]],
      ['add_markets', [C]],
    ]);
  });

  test('of the only market that was stale leaves nothing to wait for', async () => {
    const { client, runtime, socket, of } = await syncedConversation();
    client.addMarkets([C]);
    socket.send(ok(2, 3, [A, B, C]));
    client.removeMarkets([C]);
    socket.send(ok(3, 4, [A, B]));
    let seq = 4;
    for (let elapsedMs = 0; elapsedMs < 60_000; elapsedMs += 1000) {
      socket.send(delta(++seq, A, '0.4000', '1.00'));
      runtime.advance(1000);
      socket.listener.pong();
    }
    expect(of('problem')).toEqual([]);
    expect(client.status().phase).toBe('live');
  });

  test('of all of them leaves a live feed that waits for markets', async () => {
    const { client, socket } = await syncedConversation();
    client.removeMarkets([A, B]);
    socket.send(ok(2, 3, []));
    expect(client.status()).toMatchObject({ phase: 'live', wanted: 0 });
    client.addMarkets([C]);
    socket.send(ok(3, 4, [C]), snapshot(5, C));
    expect(client.book(C)!.synced).toBe(true);
  });
});

describe('a client without markets', () => {
  test('is live once it is connected, and subscribes with the first market', async () => {
    const { client, dial } = conversation({ markets: [] });
    const dialled = dial();
    client.start();
    const socket = await dialled;
    socket.listener.opened();
    expect(client.status()).toMatchObject({ phase: 'live', wanted: 0 });
    expect(socket.commands).toEqual([]);
    client.addMarkets([A]);
    expect(socket.commands.map(asked)).toEqual([['subscribe', [A]]]);
    socket.send(subscribed(1), snapshot(1, A));
    expect(client.book(A)!.synced).toBe(true);
  });
});

test('thousands of markets come and go without one of the others losing its book', async () => {
  const { client, socket } = await syncedConversation();
  const many = Array.from({ length: 3000 }, (_, i) => `KXMANY-${i}`);
  let seq = 2;
  let confirmed: string[] = [A, B];
  const answer = () => {
    for (const command of socket.commands.splice(0)) {
      if (command.cmd !== 'update_subscription') continue;
      const markets = command.params.market_tickers ?? [];
      const adding = command.params.action === 'add_markets';
      confirmed = adding ? [...confirmed, ...markets] : confirmed.filter((market) => !markets.includes(market));
      socket.send(ok(command.id, ++seq, confirmed));
      if (adding) for (const market of markets) socket.send(snapshot(++seq, market));
    }
  };
  client.addMarkets(many);
  answer();
  expect(client.status()).toMatchObject({ wanted: 3002, synced: 3002 });
  client.removeMarkets(many.filter((_, i) => i % 2 === 0));
  answer();
  expect(client.status()).toMatchObject({ wanted: 1502, synced: 1502, phase: 'live' });
  expect(client.status().counters.gaps).toBe(0);
});

test('a thousand repairs leave no command waiting for a reply that never comes', async () => {
  const { connection, runtime, socket } = await syncedConversation();
  for (let seq = 4; seq < 4000; seq += 4) {
    socket.send(delta(seq, A, '0.4000', '1.00'), snapshot(seq + 1, A), snapshot(seq + 2, B));
    socket.listener.pong();
    runtime.advance(500);
  }
  expect(snapshotRequests(socket)).toHaveLength(999);
  expect(connection()).toMatchObject({ synced: 2, pendingCommands: 0 });
});
