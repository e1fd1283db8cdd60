// Every wanted book is synced, or somebody waits for it with a running deadline; and deadlines move while answers come.
import { describe, expect, test } from 'vitest';
import type { WireFrame } from '../src/wire.ts';
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
const C = 'KXTEST-26NOV22-C';

const ok = (id: number, seq: number, markets: readonly string[], sid = 1): WireFrame => ({
  type: 'ok',
  id,
  sid,
  seq,
  msg: { market_tickers: [...markets] },
});

const manyMarkets = (count: number): string[] => Array.from({ length: count }, (_, i) => `KXMANY-${i}`);

/** An exchange that queues its answers and sends so many frames a second. */
async function slowExchange(options: Parameters<typeof conversation>[0], framesPerSecond: number) {
  const it = conversation(options);
  const dialled = it.dial();
  it.client.start();
  let socket = await dialled;
  socket.listener.opened();
  const queue: ((seq: number) => WireFrame)[] = [];
  const members = new Set<string>();
  let taken = 0;
  let seq = 0;
  let isSubscribed = false;
  const take = (): void => {
    for (const command of socket.commands.slice(taken)) {
      taken++;
      if (command.cmd === 'list_subscriptions')
        queue.push(() => ({ type: 'ok', id: command.id, msg: [{ channel: 'orderbook_delta', sid: 1 }] }));
      if (command.cmd !== 'subscribe' && command.cmd !== 'update_subscription') continue;
      const markets = command.params.market_tickers ?? [];
      const action = command.cmd === 'subscribe' ? 'add_markets' : command.params.action;
      for (const market of markets)
        if (action !== 'get_snapshot') members[action === 'add_markets' ? 'add' : 'delete'](market);
      if (!isSubscribed) socket.send(subscribed(command.id));
      else if (action !== 'get_snapshot') queue.push((next) => ok(command.id, next, [...members]));
      isSubscribed = true;
      if (action !== 'delete_markets') for (const market of markets) queue.push((next) => snapshot(next, market));
    }
  };
  /** Lets time pass in tenths of a second. */
  const pass = (ms: number): void => {
    for (let passedMs = 0; passedMs < ms; passedMs += 100) {
      it.runtime.advance(100);
      socket.listener.pong();
      if (!socket.open) {
        socket = it.sockets.at(-1)!;
        throw new Error('the connection was given up');
      }
      take();
      for (const frame of queue.splice(0, framesPerSecond / 10)) socket.send(frame(++seq));
    }
  };
  const untilSynced = (mostMs: number): number => {
    let waitedMs = 0;
    for (; it.client.status().synced < it.client.status().wanted; waitedMs += 100) {
      if (waitedMs > mostMs) throw new Error(`${JSON.stringify(it.client.status())} after ${mostMs} ms`);
      pass(100);
    }
    return waitedMs;
  };
  return { ...it, socket, pass, untilSynced, skipNumber: () => void seq++, queue };
}

const actions = ({ commands }: { commands: readonly { cmd: string }[] }): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const command of commands) {
    const name = 'params' in command && (command.params as { action?: string }).action;
    counts[name || command.cmd] = (counts[name || command.cmd] ?? 0) + 1;
  }
  return counts;
};

describe('an answer that leaves out a synced market', () => {
  test('every time: the market is asked for until its book is back', async () => {
    const it = await syncedConversation();
    const { socket, runtime, client } = it;
    let seq = 2;
    client.addMarkets([C]);
    socket.send(ok(2, ++seq, [A, C]), snapshot(++seq, C));
    expect(client.book(B)).toMatchObject({ synced: false, staleReason: 'resubscribed' });
    // The answer to the question for it leaves it out again, and brings no book.
    let answered = 2;
    for (let waitedMs = 0; waitedMs < 15 * SECOND; waitedMs += SECOND) {
      for (const { id } of socket.commands.slice(answered)) socket.send(ok(id, ++seq, [A, C]));
      answered = socket.commands.length;
      runtime.advance(SECOND);
      socket.send(delta(++seq, A, '0.4000', '1.00'));
      socket.listener.pong();
    }
    const asked = socket.commands
      .slice(2)
      .flatMap((command) =>
        command.cmd === 'update_subscription' && command.params.action === 'add_markets'
          ? (command.params.market_tickers ?? [])
          : [],
      );
    expect(asked.length).toBeGreaterThan(1);
    expect(new Set(asked)).toEqual(new Set([B]));
    socket.send(snapshot(++seq, B));
    expect(client.status()).toMatchObject({ synced: 3, epoch: 1, counters: { repairs: 1 } });
  });

  test('different ones each time: no fast loop of questions', async () => {
    const it = await syncedConversation();
    const { socket, runtime, client } = it;
    let seq = 2;
    client.addMarkets([C]);
    let answered = 1;
    const all = [A, B, C];
    for (let turn = 0; turn < 100; turn++) {
      const commands = socket.commands.slice(answered);
      answered = socket.commands.length;
      for (const { id } of commands) {
        const left = all[turn % 3]!;
        socket.send(
          ok(
            id,
            ++seq,
            all.filter((market) => market !== left),
          ),
        );
        for (const market of all) if (market !== left) socket.send(snapshot(++seq, market));
      }
      runtime.advance(10);
    }
    // One second has passed.
    expect(socket.commands.length).toBeLessThan(12);
  });
});

describe('the repair of many books', () => {
  test('20,000 at 400 frames a second: one gap leads to no deletion and no reconnect', async () => {
    const it = await slowExchange({ markets: manyMarkets(20_000) }, 400);
    it.untilSynced(80 * SECOND);
    const before = it.socket.commands.length;
    it.socket.send(delta(it.connection().seq! + 2, 'KXMANY-7', '0.4000', '1.00'));
    it.skipNumber();
    it.skipNumber();
    expect(it.client.status().synced).toBe(0);
    const tookMs = it.untilSynced(120 * SECOND);
    expect(tookMs).toBeLessThanOrEqual(2 * 50 * SECOND);
    expect(Object.keys(actions({ commands: it.socket.commands.slice(before) }))).toEqual(['get_snapshot']);
    expect(it.socket.commands.length - before).toBe(40);
    expect(it.client.status()).toMatchObject({ epoch: 1 });
    expect(it.of('problem')).toEqual([]);
  });

  test('a further gap asks only for those that are not under way', async () => {
    const markets = manyMarkets(1000);
    const it = await slowExchange({ markets, marketsPerCommand: 100 }, 1000);
    it.untilSynced(20 * SECOND);
    const seqOf = () => it.connection().seq!;
    it.socket.send(delta(seqOf() + 2, markets[0]!, '0.4000', '1.00'));
    // The exchange counts on from there.
    it.skipNumber();
    it.skipNumber();
    expect(snapshotRequests(it.socket).flat()).toHaveLength(1000);
    it.pass(500);
    const { synced } = it.client.status();
    expect(synced).toBeGreaterThan(300);
    it.skipNumber();
    it.pass(600);
    expect(snapshotRequests(it.socket).flat().length - 1000).toBeLessThanOrEqual(synced + 200);
    it.untilSynced(20 * SECOND);
    expect(it.of('problem')).toEqual([]);
  });
});

describe('deadlines count from sending', () => {
  test('of an audit that waits behind other commands', async () => {
    const markets = manyMarkets(400);
    const it = await slowExchange(
      { markets: [A, B], marketsPerCommand: 1, commandsPerSecond: 10, auditIntervalMs: 4000 },
      1000,
    );
    it.untilSynced(5 * SECOND);
    it.pass(500);
    it.client.addMarkets(markets);
    it.pass(60 * SECOND);
    expect(it.of('stale')).toEqual([]);
    expect(it.of('problem')).toEqual([]);
    expect(it.client.status()).toMatchObject({ synced: 402, epoch: 1 });
  });

  test('ten thousand markets that are added one by one: some commands, and no book turns stale', async () => {
    const it = await slowExchange({ auditIntervalMs: 10_000 }, 4000);
    it.untilSynced(5 * SECOND);
    for (const market of manyMarkets(10_000)) it.client.addMarkets([market]);
    it.untilSynced(60 * SECOND);
    expect(it.socket.commands.length).toBeLessThan(40);
    expect(it.of('stale')).toEqual([]);
    expect(it.of('problem')).toEqual([]);
  });

  test('the first change of the wanted markets leaves at once, further ones together', async () => {
    const it = await syncedConversation();
    for (const market of manyMarkets(50)) it.client.addMarkets([market]);
    expect(it.socket.commands).toHaveLength(2);
    it.client.removeMarkets(['KXMANY-49', 'KXMANY-1']);
    it.runtime.advance(100);
    expect(it.socket.commands).toHaveLength(3);
    const added = it.socket.commands
      .slice(1)
      .flatMap((command) =>
        'params' in command && 'market_tickers' in command.params ? command.params.market_tickers : [],
      );
    expect(added).toHaveLength(48);
  });
});
