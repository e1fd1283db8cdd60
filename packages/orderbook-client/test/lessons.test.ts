// What hurt others who keep books over a socket, one lesson after the other, in a world where time is the test's own.
// Lessons 6, 7 and 11 are in lessons-retrying.test.ts, 12 in lessons-recovered.test.ts; what needs a real network is in
// real-sockets.test.ts, and lesson 8 in reconnects.test.ts.
import { ManualRuntime, seededRandom } from '@trader/testkit';
import fc from '@trader/testkit/fast-check';
import { describe, expect, test } from 'vitest';
import { OrderbookClientError, type OrderbookClientErrorCode, type OrderbookClientOptions } from '../src/index.ts';
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
  type ScriptedSocket,
} from './scripted-exchange.ts';
import { trueConversation } from './true-exchange.ts';

const C = 'KXTEST-26NOV22-C';
const SECOND = 1000;
const MINUTE = 60 * SECOND;

type Conversation = Awaited<ReturnType<typeof syncedConversation>>;

/** A client with an open socket that has heard nothing yet. */
async function opened(options: Partial<OrderbookClientOptions> = {}): Promise<Conversation> {
  const it = conversation(options);
  const dialled = it.dial();
  it.client.start();
  const socket = await dialled;
  socket.listener.opened();
  return { ...it, socket };
}

/** Books on sid 1, trades on sid 2, both flowing. */
async function withTrades(): Promise<Conversation> {
  const it = await opened({ channels: { trade: 'markets' } });
  it.socket.send(subscribed(1), JSON.stringify({ type: 'subscribed', id: 2, msg: { channel: 'trade', sid: 2 } }));
  it.socket.send(snapshot(1, A, [['0.4000', '10.00']]), trade(1), snapshot(2, B));
  return it;
}

const trade = (seq: number, market = A): string =>
  JSON.stringify({
    type: 'trade',
    sid: 2,
    seq,
    msg: {
      trade_id: `t${seq}`,
      market_ticker: market,
      yes_price_dollars: '0.4300',
      no_price_dollars: '0.5700',
      count_fp: '1.00',
      taker_side: 'yes',
      ts_ms: 1_800_000_000_123,
    },
  });

const ok = (id: number, seq: number, markets: string[], sid = 1): WireFrame => ({
  type: 'ok',
  id,
  sid,
  seq,
  msg: { market_tickers: markets },
});

const codes = ({ of }: Pick<Conversation, 'of'>): OrderbookClientErrorCode[] =>
  of('problem').map(({ error }) => error.code);

/** Fifty deltas a second for a while; returns the last number. */
function makeBusy({ socket, runtime }: Conversation, seq: number): number {
  for (const until = seq + 300; seq < until; runtime.advance(20)) socket.send(delta(++seq, A, '0.4000', '1.00'));
  return seq;
}

/** Second by second, with live pings, until the connection is given up. */
function untilGivenUp({ socket, runtime }: Conversation, meanwhile: () => void): void {
  for (let waitedMs = 0; socket.open; waitedMs += SECOND) {
    if (waitedMs > 10 * MINUTE) throw new Error('the connection was not given up within ten minutes');
    meanwhile();
    runtime.advance(SECOND);
    socket.listener.pong();
  }
}

/** Cuts, and opens the next socket. */
async function reopened({
  socket,
  runtime,
  dial,
}: Pick<Conversation, 'socket' | 'runtime' | 'dial'>): Promise<ScriptedSocket> {
  const redialled = dial();
  socket.cut();
  runtime.advance(30 * SECOND);
  const next = await redialled;
  next.listener.opened();
  return next;
}

describe('lesson 1: numbers belong to the sid, not to the market and not to the socket', () => {
  test('two markets and the trades, interleaved, are no gap', async () => {
    const it = await withTrades();
    let seq = 2;
    let tradeSeq = 1;
    const random = seededRandom(1);
    for (let i = 0; i < 500; i++) {
      const market = random() < 0.5 ? A : B;
      it.socket.send(random() < 0.3 ? trade(++tradeSeq, market) : delta(++seq, market, '0.1000', '1.00'));
    }
    expect(it.of('gap')).toEqual([]);
    expect(it.client.status().counters).toMatchObject({ gaps: 0, duplicates: 0, unapplied: 0 });
    expect(it.connection().subscriptions).toMatchObject([{ seq }, { seq: tradeSeq }]);
  });

  test('a gap of the books while the trades flow suspends every market of that sid, and no trade', async () => {
    const it = await withTrades();
    it.socket.send(delta(3, A, '0.4000', '1.00'), trade(2), delta(5, B, '0.3000', '1.00'), trade(3));
    it.socket.send(delta(6, A, '0.4000', '1.00'), delta(7, B, '0.3000', '1.00'));
    expect(it.of('gap')).toMatchObject([{ sid: 1, channel: 'orderbook_delta', firstSeq: 4, lastSeq: 4 }]);
    expect(it.of('stale')).toMatchObject([{ markets: [A, B], reason: 'gap' }]);
    expect(it.of('delta').map(({ applied }) => applied)).toEqual([true, false, false, false]);
    expect(it.of('trade')).toHaveLength(3);
    expect(it.client.status().counters.unapplied).toBe(3);
  });

  test('a socket’s numbers end with it: the next one starts from 1 without a gap', async () => {
    const it = await syncedConversation();
    for (let seq = 3; seq < 50; seq++) it.socket.send(delta(seq, A, '0.4000', '1.00'));
    const next = await reopened(it);
    next.send(subscribed(1), snapshot(1, A), snapshot(2, B), delta(3, B, '0.3000', '1.00'));
    expect(it.of('gap')).toMatchObject([{ epoch: 1, cause: 'disconnected' }]);
    expect(it.client.status()).toMatchObject({ phase: 'live', synced: 2, counters: { duplicates: 0 } });
  });
});

describe('lesson 2: what is no data must not feed the data’s clock', () => {
  test('trades do not hide that the books’ subscription is dead', async () => {
    const it = await withTrades();
    makeBusy(it, 2);
    let tradeSeq = 1;
    const redialled = it.dial();
    untilGivenUp(it, () => it.socket.send(trade(++tradeSeq)));
    it.runtime.advance(0);
    await redialled;
    expect(snapshotRequests(it.socket)[0]).toEqual([A]);
    expect(it.of('stale')[0]).toMatchObject({ markets: [A], reason: 'unanswered' });
    expect(codes(it)).toContain('NO_ANSWER');
  });

  test('errors do not hide it either', async () => {
    const it = await syncedConversation();
    makeBusy(it, 2);
    const redialled = it.dial();
    untilGivenUp(it, () => it.socket.send({ type: 'error', sid: 1, msg: { code: 18, msg: 'Command timeout' } }));
    it.runtime.advance(0);
    await redialled;
    expect(snapshotRequests(it.socket)[0]).toEqual([A]);
    expect(codes(it)).toContain('NO_ANSWER');
  });

  /** A world whose timers can be late: its wall clock runs ahead of them by `blockedMs`. */
  function stallable() {
    const manual = new ManualRuntime();
    const { setTimer, random } = manual;
    const stall = { blockedMs: 0, advance: manual.advance.bind(manual) };
    return { stall, runtime: { setTimer, random, nowMs: () => manual.nowMs() + stall.blockedMs } };
  }

  test('a loop that was blocked for a second costs a healthy connection nothing', async () => {
    const { runtime, stall } = stallable();
    const it = await opened({ runtime, pongTimeoutMs: SECOND });
    it.socket.send(subscribed(1), snapshot(1, A), snapshot(2, B));
    stall.advance(10 * SECOND);
    expect(it.socket.pings).toBe(1);
    // Blocked: the deadline passes while the pong lies unread. In the turn after, timers come first.
    stall.blockedMs = SECOND;
    stall.advance(SECOND);
    it.socket.listener.pong();
    stall.advance(5 * SECOND);
    expect(it.of('problem')).toEqual([]);
    expect(it.client.status()).toMatchObject({ phase: 'live', epoch: 1 });
  });

  test('a loop that was blocked for long does not save a dead one', async () => {
    const { runtime, stall } = stallable();
    const it = await opened({ runtime, pongTimeoutMs: SECOND });
    it.socket.send(subscribed(1), snapshot(1, A), snapshot(2, B));
    stall.advance(10 * SECOND);
    stall.blockedMs = 30 * SECOND;
    stall.advance(2 * SECOND);
    expect(codes(it)).toEqual(['PONG_TIMEOUT']);
  });
});

describe('lesson 3: acknowledged is not subscribed', () => {
  test('of two commands one is never answered: its market is asked for again, alone', async () => {
    const it = await opened({ marketsPerCommand: 1 });
    it.socket.send(subscribed(1), snapshot(1, A));
    expect(it.client.status()).toMatchObject({ phase: 'subscribing', synced: 1 });
    let seq = 1;
    for (let waitedMs = 0; it.socket.commands.length === 2 && waitedMs < MINUTE; waitedMs += SECOND) {
      it.socket.send(delta(++seq, A, '0.4000', '1.00'));
      it.runtime.advance(SECOND);
      it.socket.listener.pong();
    }
    expect(codes(it)).toEqual(['NO_ANSWER']);
    expect(it.socket.commands.slice(2)).toMatchObject([{ params: { action: 'add_markets', market_tickers: [B] } }]);
    expect(it.client.book(A)!.synced).toBe(true);
    it.socket.send(ok(3, ++seq, [A, B]), snapshot(++seq, B));
    expect(it.client.status()).toMatchObject({ phase: 'live', synced: 2, epoch: 1 });
  });

  test('an acknowledgement alone makes no book synced and no feed live', async () => {
    const it = await opened();
    it.socket.send(subscribed(1), ok(9, 1, [A, B]));
    expect(it.client.status()).toMatchObject({ phase: 'subscribing', synced: 0 });
  });

  test('one that lists less than before has the missing market asked for again', async () => {
    const it = await syncedConversation();
    it.client.addMarkets([C]);
    it.socket.send(ok(2, 3, [A, C]), snapshot(4, C));
    expect(it.socket.commands.at(-1)).toMatchObject({ params: { action: 'add_markets', market_tickers: [B] } });
  });

  test('one that lists a market nobody wants has it taken out', async () => {
    const it = await syncedConversation();
    it.client.addMarkets([C]);
    it.socket.send(ok(2, 3, [A, B, C, 'KXFOREIGN']), snapshot(4, C));
    expect(it.socket.commands.at(-1)).toMatchObject({
      params: { action: 'delete_markets', market_tickers: ['KXFOREIGN'] },
    });
  });

  test.each<[string, WireFrame]>([
    ['to a command that was never sent', { type: 'subscribed', id: 99, msg: { channel: 'orderbook_delta', sid: 7 } }],
    ['for another channel', { type: 'subscribed', id: 1, msg: { channel: 'trade', sid: 7 } }],
    ['of a sid that is not ours', ok(99, 1, [], 7)],
  ])('one %s is counted and changes nothing', async (_name, frame) => {
    const it = await opened();
    it.socket.send(frame);
    expect(it.connection()).toMatchObject({ phase: 'subscribing', sid: null });
    expect(it.client.status().counters.foreign).toBe(1);
  });

  test('one of the connection before does not answer the same command of this one', async () => {
    const it = await opened();
    const next = await reopened(it);
    it.socket.send(subscribed(1, 7), snapshot(1, A));
    expect(it.connection()).toMatchObject({ phase: 'subscribing', sid: null, pendingCommands: 1 });
    next.send(subscribed(1, 1), snapshot(1, A), snapshot(2, B));
    expect(it.connection()).toMatchObject({ phase: 'live', sid: 1, pendingCommands: 0 });
  });

  test('an error for one command of a batch leaves the neighbours’ books alone', async () => {
    const it = await syncedConversation({ marketsPerCommand: 1 });
    it.client.addMarkets([C, 'KXNONE']);
    it.socket.send({ type: 'error', id: 3, msg: { code: 16, msg: 'Market not found' } });
    it.socket.send(ok(2, 3, [A, B, C]), snapshot(4, C));
    expect(it.client.status()).toMatchObject({ phase: 'live', synced: 3, wanted: 4 });
    expect(it.of('stale')).toEqual([]);
  });
});

describe('lesson 4: no ghost levels', () => {
  test('after a reconnect nothing answers for a level that only the old book had', async () => {
    const cents = (from: number, to: number, size: string) =>
      Array.from({ length: to - from }, (_, i) => [`0.${String(from + i).padStart(2, '0')}00`, size] as const);
    const it = await opened({ markets: [A] });
    it.socket.send(subscribed(1), snapshot(1, A, cents(1, 50, '7.00'), cents(1, 50, '9.00')));
    const view = it.client.book(A)!;
    const next = await reopened(it);
    expect(view).toMatchObject({ synced: false, staleReason: 'disconnected' });
    next.send(subscribed(1), snapshot(1, A, [['0.1000', '1.00']]));
    expect(view).toMatchObject({ synced: true });
    expect(view.levels('yes')).toEqual([[1000, 100]]);
    expect([view.depth('yes'), view.depth('no')]).toEqual([1, 0]);
    expect([view.bestBid('yes'), view.bestAsk('yes')]).toEqual([[1000, 100], undefined]);
    expect([view.sizeAt('yes', 4900), view.sizeAt('no', 100)]).toEqual([0, 0]);
    expect(view.bidSizeDownTo('yes', 0)).toBe(100);
    expect(view.topBids('no', 5, new Float64Array(10))).toBe(0);
  });

  test('deltas before the first snapshot of a connection are dropped, counted and passed on', async () => {
    const it = await syncedConversation();
    const next = await reopened(it);
    next.send(subscribed(1), delta(1, A, '0.4000', '1.00'), delta(2, A, '0.4100', '1.00'));
    expect(it.client.book(A)!.levels('yes')).toEqual([[4000, 1000]]);
    expect(it.client.book(A)!.synced).toBe(false);
    next.send(snapshot(3, A, [['0.2000', '1.00']]), snapshot(4, B));
    expect(it.client.book(A)!.levels('yes')).toEqual([[2000, 100]]);
    expect(it.of('delta').map(({ applied }) => applied)).toEqual([false, false]);
    expect(it.client.status().counters.unapplied).toBe(2);
  });

  test('a market that is wanted again starts from nothing, whatever its book was', async () => {
    const it = await syncedConversation();
    it.client.removeMarkets([A]);
    it.client.addMarkets([A]);
    expect(it.client.book(A)).toMatchObject({ synced: false, staleReason: 'no-snapshot-yet' });
    expect(it.client.book(A)!.depth('yes') + it.client.book(A)!.depth('no')).toBe(0);
    // Sent before the exchange has taken the removal.
    it.socket.send(delta(3, A, '0.4000', '1.00'));
    expect(it.client.book(A)!.depth('yes')).toBe(0);
    expect(it.client.status().counters.unapplied).toBe(1);
  });
});

describe('lesson 5: old sockets speak after their death', () => {
  test('one that opens after its deadline is not the one', async () => {
    const it = conversation();
    const first = it.dial();
    it.client.start();
    const late = await first;
    const second = it.dial();
    it.runtime.advance(10 * SECOND);
    const next = await second;
    const seen = it.events.length;
    late.listener.serverTime(0);
    late.listener.opened();
    late.send(subscribed(1), snapshot(1, A));
    late.listener.closed(new OrderbookClientError('AUTH_REJECTED', 'late'));
    expect(it.events).toHaveLength(seen);
    expect(late.commands).toEqual([]);
    expect(it.client.status()).toMatchObject({ phase: 'connecting', epoch: 0, clockSkewMs: null });
    next.listener.opened();
    expect(it.client.status().phase).toBe('subscribing');
  });

  test('its snapshot, ack, ping and pong say nothing about the next one', async () => {
    const it = await syncedConversation();
    const next = await reopened(it);
    next.send(subscribed(1));
    it.runtime.advance(10 * SECOND);
    const { counters } = it.client.status();
    it.socket.send(snapshot(3, A, [['0.0100', '1.00']]), ok(1, 4, []), delta(5, A, '0.0100', '1.00'));
    it.socket.listener.ping();
    it.socket.listener.pong();
    expect(it.client.status().counters).toEqual(counters);
    expect(it.client.book(A)!.synced).toBe(false);
    // The old pong has not answered the new ping.
    it.runtime.advance(10 * SECOND);
    expect(
      it
        .of('problem')
        .slice(1)
        .map(({ error }) => error.code),
    ).toContainEqual(expect.stringMatching(/PONG|ANSWER/));
  });

  test('a listener that reconnects in the middle of a frame hears no more of the old one', async () => {
    const it = await syncedConversation();
    it.client.on('delta', ({ seq }) => seq === 4 && it.client.reconnect('enough'));
    for (let seq = 3; seq < 10; seq++) it.socket.send(delta(seq, A, '0.4000', '1.00'));
    expect(it.of('delta').map(({ seq }) => seq)).toEqual([3, 4]);
    expect(it.of('gap')).toMatchObject([{ firstSeq: 5, lastSeq: null }]);
  });

  test('a signature that comes too late opens no socket', async () => {
    const signatures: ((text: string) => void)[] = [];
    const sign = () => new Promise<string>((resolve) => void signatures.push(resolve));
    const it = conversation({ credentials: { keyId: 'key', sign } });
    it.client.start();
    it.runtime.advance(10 * SECOND);
    expect(codes(it)).toEqual(['CONNECT_TIMEOUT']);
    const dialled = it.dial();
    it.runtime.advance(0);
    expect(signatures).toHaveLength(2);
    for (const resolve of signatures) resolve('signature');
    await dialled;
    await it.client.close();
    expect(it.sockets).toHaveLength(1);
  });
});

describe('lesson 9: a renamed field never looks like an empty book', () => {
  const eras = [
    {
      price: ['price_dollars', '0.4000'],
      change: ['delta_fp', '1.00'],
      suffix: '_dollars_fp',
      level: ['0.3000', '2.00'],
    },
    { price: ['price_dollars', '0.4000'], change: ['delta', 1], suffix: '_dollars', level: ['0.3000', 2] },
    { price: ['price', 40], change: ['delta', 1], suffix: '', level: [30, 2] },
  ] as const;
  const frame = (type: 'delta' | 'snapshot', msg: object): string =>
    JSON.stringify({ type: `orderbook_${type}`, sid: 1, seq: 3, msg: { market_ticker: A, ...msg } });
  const era = fc.constantFrom(...eras);
  const unknownName = fc.stringMatching(/^x_[a-z]{1,8}$/);

  test('a delta of any era without its price, its change or its side is a violation, and no change', async () => {
    const field = fc.constantFrom(0, 1, 2);
    await fc.assert(
      fc.asyncProperty(era, field, unknownName, async ({ price, change }, renamed, name) => {
        const entries = [price, change, ['side', 'yes'] as const].map(([key, value], i) => [
          i === renamed ? name : key,
          value,
        ]);
        const it = await syncedConversation();
        it.socket.send(frame('delta', Object.fromEntries(entries) as object));
        expect(codes(it)).toEqual(['PROTOCOL_VIOLATION']);
        expect(it.of('delta')).toEqual([]);
        expect(it.client.book(A)).toMatchObject({ synced: false, staleReason: 'violation' });
      }),
      { numRuns: 60 },
    );
  });

  test('a snapshot of any era whose sides are renamed is a violation, and the book is no empty one', async () => {
    await fc.assert(
      fc.asyncProperty(era, fc.constantFrom('yes', 'no'), unknownName, async ({ suffix, level }, side, name) => {
        const it = await syncedConversation();
        it.socket.send(frame('snapshot', { [`${side}${suffix}${name}`]: [level] }));
        expect(codes(it)).toEqual(['PROTOCOL_VIOLATION']);
        expect(it.of('snapshot')).toHaveLength(2);
        expect(it.client.book(A)).toMatchObject({ synced: false, staleReason: 'violation' });
        expect(it.client.book(A)!.levels('yes')).toEqual([[4000, 1000]]);
      }),
      { numRuns: 60 },
    );
  });

  test('a field that nobody knows is no reason not to read the others', async () => {
    const extra = fc.dictionary(unknownName, fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)));
    await fc.assert(
      fc.asyncProperty(era, extra, async ({ price, change, suffix, level }, more) => {
        const it = await syncedConversation();
        it.socket.send(frame('snapshot', { ...more, [`yes${suffix}`]: [level] }));
        const fields = { ...more, [price[0]]: price[1], [change[0]]: change[1], side: 'yes' };
        it.socket.send(frame('delta', fields).replace('"seq":3', '"seq":4'));
        expect(it.of('problem')).toEqual([]);
        expect(it.client.book(A)!.levels('yes')).toEqual([
          [3000, 200],
          [4000, 100],
        ]);
      }),
      { numRuns: 60 },
    );
  });
});

describe('lesson 10: removing one market disturbs no other', () => {
  test('whatever comes and goes, the market that stays is never stale, and nobody unsubscribes', async () => {
    const others = Array.from({ length: 6 }, (_, i) => `KXMANY-${i}`);
    const change = fc.tuple(fc.boolean(), fc.subarray(others, { minLength: 1 }));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 20 }), async (changes) => {
        const it = await trueConversation(10, { markets: [A, ...others], marketsPerCommand: 3 });
        for (const [add, markets] of changes) {
          if (add) it.client.addMarkets(markets);
          else it.client.removeMarkets(markets);
          it.exchange.move();
          it.expectRight();
          expect(it.client.book(A)!.synced).toBe(true);
          if (markets.length > 2) it.exchange.answer();
        }
        await it.heal();
        const seen = it.sockets.flatMap(({ commands }) => commands.map(({ cmd }) => cmd));
        expect(seen).not.toContain('unsubscribe');
        expect(it.of('stale')).toEqual([]);
        expect(it.client.status()).toMatchObject({ epoch: 1, counters: { gaps: 0 } });
      }),
      { numRuns: 50 },
    );
  });
});
