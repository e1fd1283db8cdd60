// A fault stays where it is: what one frame or one market does wrong costs its neighbours nothing.
import { describe, expect, test } from 'vitest';
import type { WireFrame } from '../src/wire.ts';
import { A, B, delta, snapshot, snapshotRequests, syncedConversation } from './scripted-exchange.ts';

const SECOND = 1000;
type Conversation = Awaited<ReturnType<typeof syncedConversation>>;

const codes = ({ of }: Pick<Conversation, 'of'>) => of('problem').map(({ error }) => error.code);

describe('a frame that cannot be parsed', () => {
  const GARBAGE: readonly (readonly [string, string | Uint8Array])[] = [
    ['is cut off', '{"type":"orderbook_del'],
    ['is no JSON', '<html>maintenance</html>'],
    ['is empty', ''],
    ['is not UTF-8', Uint8Array.of(0x7b, 0xff, 0x7d)],
    ['is no object', '[1,2,3]'],
    ['has no type', '{"sid":1,"msg":{}}'],
    [
      'is a delta without a number',
      '{"type":"orderbook_delta","sid":1,"msg":{"market_ticker":"KXTEST-26NOV22-A","price_dollars":"0.4000","delta_fp":"1.00","side":"yes"}}',
    ],
    ['is a snapshot without a sid', '{"type":"orderbook_snapshot","seq":3,"msg":{"market_ticker":"KXTEST-26NOV22-A"}}'],
  ];

  test.each(GARBAGE)('and %s makes the books stale at once, and is followed by a question', async (_name, bytes) => {
    const it = await syncedConversation();
    it.socket.listener.frame(typeof bytes === 'string' ? Buffer.from(bytes) : bytes);
    expect(it.of('stale')).toMatchObject([{ markets: [A, B], reason: 'violation' }]);
    expect(it.client.book(A)).toMatchObject({ synced: false, staleReason: 'violation' });
    expect(it.client.book(B)).toMatchObject({ synced: false, staleReason: 'violation' });
    expect(snapshotRequests(it.socket).length).toBeGreaterThan(0);
  });

  test('and had no number of the books costs no snapshots but one: the next number in order shows that none is missing', async () => {
    const it = await syncedConversation();
    it.socket.send('<html>');
    it.socket.send(delta(3, A, '0.4000', '1.00'));
    expect(it.client.status()).toMatchObject({ synced: 2, phase: 'live' });
    expect(it.client.book(A)!.sizeAt('yes', 4000)).toBe(1100);
    expect(it.of('verified')).toMatchObject([{ markets: expect.arrayContaining([B]) }]);
    expect(snapshotRequests(it.socket).flat()).toHaveLength(1);
  });

  test('and had a number shows as a hole when the next one comes', async () => {
    const it = await syncedConversation();
    it.socket.send('<html>');
    it.socket.send(delta(4, A, '0.4000', '1.00'));
    expect(it.of('gap')).toMatchObject([{ firstSeq: 3, lastSeq: 3, cause: 'sequence', market: null }]);
    expect(it.client.status().synced).toBe(0);
    it.runtime.advance(SECOND);
    expect(new Set(snapshotRequests(it.socket).flat())).toEqual(new Set([A, B]));
    it.socket.send(snapshot(5, A), snapshot(6, B));
    expect(it.client.status().synced).toBe(2);
  });

  test('in a market that stays quiet is cleared up by the answer', async () => {
    const it = await syncedConversation();
    it.socket.send('<html>');
    const [market] = snapshotRequests(it.socket)[0]!;
    it.socket.send(snapshot(3, market!));
    expect(it.connection()).toMatchObject({ synced: 2, pendingCommands: 0 });
  });

  test('whose question stays unanswered while other frames come has all books asked for', async () => {
    const it = await syncedConversation({ channels: { trade: 'all' } });
    it.socket.send(JSON.stringify({ type: 'subscribed', id: 2, msg: { channel: 'trade', sid: 2 } }), '<html>');
    for (let waited = 0; waited < 20; waited++) {
      it.socket.send(`{"type":"something","sid":2,"seq":${waited + 1}}`);
      it.socket.listener.pong();
      it.runtime.advance(SECOND);
    }
    expect(new Set(snapshotRequests(it.socket).flat())).toEqual(new Set([A, B]));
  });

  test('a thousand times a second asks a bounded number of times', async () => {
    const it = await syncedConversation();
    let seq = 2;
    let answered = 0;
    for (let ms = 0; ms < 10_000; ms++) {
      it.socket.send('<html>');
      for (const markets of snapshotRequests(it.socket).slice(answered)) {
        answered++;
        for (const market of markets) it.socket.send(snapshot(++seq, market));
      }
      it.runtime.advance(1);
    }
    expect(answered).toBeLessThanOrEqual(25);
    it.socket.send(snapshot(++seq, A), snapshot(++seq, B));
    expect(it.client.status().synced).toBe(2);
  });

  test.each([
    ['whole', '{"type":"trade","sid":2,"seq":1,"msg":{"nothing":true}}'],
    ['cut off', '{"type":"trade","sid":2,"seq":1,"msg":{"trade_id":"x'],
  ])('but is another channel’s, %s, costs no book', async (_name, text) => {
    const it = await syncedConversation({ channels: { trade: 'all' } });
    it.socket.send(JSON.stringify({ type: 'subscribed', id: 2, msg: { channel: 'trade', sid: 2 } }), text);
    expect(codes(it)).toEqual(['PROTOCOL_VIOLATION']);
    expect(it.client.status()).toMatchObject({ synced: 2 });
  });
});

const frameOf = (type: string, seq: number, msg: object): string =>
  JSON.stringify({ type, sid: 1, seq, msg: { market_ticker: A, ...msg } });

describe('a price or size that cannot be read', () => {
  const UNREADABLE: readonly (readonly [string, string])[] = [
    ['a finer price', frameOf('orderbook_delta', 3, { price_dollars: '0.40005', delta_fp: '1.00', side: 'yes' })],
    ['a finer size', frameOf('orderbook_delta', 3, { price_dollars: '0.4000', delta_fp: '0.001', side: 'yes' })],
    ['a price that is none', frameOf('orderbook_delta', 3, { price_dollars: 'forty', delta_fp: '1.00', side: 'yes' })],
    ['an unknown side', frameOf('orderbook_delta', 3, { price_dollars: '0.4000', delta_fp: '1.00', side: 'maybe' })],
    [
      'a level twice',
      frameOf('orderbook_snapshot', 3, {
        yes_dollars_fp: [
          ['0.4000', '1.00'],
          ['0.4000', '2.00'],
        ],
      }),
    ],
    ['a level of a finer size', frameOf('orderbook_snapshot', 3, { yes_dollars_fp: [['0.4000', '0.001']] })],
    ['renamed levels', frameOf('orderbook_snapshot', 3, { yes_money: [['0.4000', '1.00']] })],
  ];

  test.each(UNREADABLE)('%s is a hole of that market alone, and its number is taken', async (_name, text) => {
    const it = await syncedConversation();
    it.socket.send(text, delta(4, B, '0.2000', '1.00'));
    expect(it.of('gap')).toMatchObject([{ firstSeq: 3, lastSeq: 3, cause: 'violation', market: A }]);
    expect(it.client.book(A)).toMatchObject({ synced: false, staleReason: 'violation' });
    expect(it.client.book(B)!.sizeAt('yes', 2000)).toBe(100);
    expect(it.of('stale')).toMatchObject([{ markets: [A] }]);
    expect(snapshotRequests(it.socket)).toEqual([[A]]);
    it.socket.send(snapshot(5, A));
    expect(it.client.status().synced).toBe(2);
  });

  test('of a market that nobody wants costs no book', async () => {
    const it = await syncedConversation();
    it.socket.send(UNREADABLE[0]![1].replace(A, 'KXOTHER'), delta(4, B, '0.2000', '1.00'));
    expect(it.of('gap')).toMatchObject([{ market: 'KXOTHER' }]);
    expect(it.client.status().synced).toBe(2);
  });

  test('because it is finer than what this version holds is told once for each market, with what to do', async () => {
    const it = await syncedConversation();
    let seq = 2;
    for (let i = 0; i < 5; i++) it.socket.send(UNREADABLE[1]![1].replace('"seq":3', `"seq":${++seq}`));
    it.socket.send(UNREADABLE[5]![1].replace('"seq":3', `"seq":${++seq}`));
    it.socket.send(UNREADABLE[0]![1].replace('"seq":3', `"seq":${++seq}`).replace(A, B));
    expect(codes(it)).toEqual(['PRECISION_UNSUPPORTED', 'PRECISION_UNSUPPORTED']);
    expect(it.of('problem')[0]!.error).toMatchObject({
      market: A,
      message: expect.stringMatching(/0\.001.*removeMarkets/),
    });
    expect(it.client.status().counters.violations).toBe(7);
  });
});

describe('a market whose snapshots cannot be taken', () => {
  test.each<[string, (seq: number) => WireFrame | string]>([
    ['unreadable', (seq) => frameOf('orderbook_snapshot', seq, { yes_dollars_fp: [['0.4000', '0.001']] })],
    ['crossed', (seq) => snapshot(seq, A, [['0.6000', '1.00']], [['0.4500', '1.00']])],
    ['locked', (seq) => snapshot(seq, A, [['0.6000', '1.00']], [['0.4000', '1.00']])],
  ])('as they are %s is asked ever more slowly, for ever, and costs its neighbour nothing', async (_name, bad) => {
    const it = await syncedConversation();
    let seq = 2;
    let answered = 1;
    const askedAtMs: number[] = [];
    const hour = 3_600_000;
    it.socket.send(bad(++seq));
    for (let passedMs = 0; passedMs < hour; passedMs += 500) {
      for (const command of it.socket.commands.slice(answered)) {
        answered++;
        if (command.cmd !== 'update_subscription') continue;
        const { action, market_tickers: markets = [] } = command.params;
        if (markets.includes(A)) askedAtMs.push(passedMs);
        if (action !== 'get_snapshot')
          it.socket.send({
            type: 'ok',
            id: command.id,
            sid: 1,
            seq: ++seq,
            msg: { market_tickers: action === 'add_markets' ? [A, B] : [B] },
          });
        if (action !== 'delete_markets')
          it.socket.send(markets.includes(A) ? bad(++seq) : ({ ...snapshot(++seq, B), id: command.id } as WireFrame));
      }
      if (passedMs % 10_000 === 0) it.socket.send(delta(++seq, B, '0.2000', '1.00'));
      it.socket.listener.pong();
      it.runtime.advance(500);
    }
    expect(it.client.book(A)!.synced).toBe(false);
    expect(it.of('stale')).toMatchObject([{ markets: [A] }]);
    expect(it.client.status()).toMatchObject({ epoch: 1, synced: 1, phase: 'live' });
    expect(it.socket.commands.map(({ cmd }) => cmd)).not.toContain('unsubscribe');
    expect(askedAtMs.filter((atMs) => atMs < 120_000).length).toBeLessThan(14);
    const later = askedAtMs.filter((atMs) => atMs > hour - 600_000).length;
    expect(later).toBeGreaterThan(5);
    expect(later).toBeLessThan(40);
    it.socket.send(snapshot(++seq, A, [['0.1000', '1.00']]));
    expect(it.client.status().synced).toBe(2);
  });

  test('a crossed snapshot is told like any book that breaks a rule, and is passed on unapplied', async () => {
    const it = await syncedConversation();
    it.socket.send(snapshot(3, A, [['0.6000', '1.00']], [['0.4500', '1.00']]));
    expect(it.client.book(A)).toMatchObject({ synced: false, staleReason: 'desync' });
    expect(it.of('snapshot').at(-1)).toMatchObject({ applied: false });
    expect(it.of('problem')).toMatchObject([{ error: { code: 'BOOK_DESYNCED', market: A } }]);
    expect(snapshotRequests(it.socket)).toEqual([[A]]);
  });

  test('a crossed first snapshot makes no book', async () => {
    const it = await syncedConversation({ markets: [B, A] });
    it.client.addMarkets(['KXTEST-26NOV22-C']);
    it.socket.send(snapshot(3, 'KXTEST-26NOV22-C', [['0.6000', '1.00']], [['0.4500', '1.00']]));
    expect(it.client.book('KXTEST-26NOV22-C')).toMatchObject({ synced: false });
  });
});

describe('a market that gets no answer while its neighbours do', () => {
  test('is asked alone and for ever, and costs them neither subscription nor connection', async () => {
    const it = await syncedConversation();
    let seq = 3;
    let answered = 1;
    it.socket.send(delta(++seq, B, '0.2000', '1.00'));
    for (let waited = 0; waited < 600; waited++) {
      for (const command of it.socket.commands.slice(answered)) {
        answered++;
        if (command.cmd !== 'update_subscription') continue;
        const { action, market_tickers: markets = [] } = command.params;
        if (action !== 'get_snapshot')
          it.socket.send({
            type: 'ok',
            id: command.id,
            sid: 1,
            seq: ++seq,
            msg: { market_tickers: action === 'add_markets' ? [A, B] : [B] },
          });
        if (action !== 'delete_markets' && markets.includes(B))
          it.socket.send({ ...snapshot(++seq, B), id: command.id } as WireFrame);
      }
      it.socket.send(delta(++seq, B, '0.2000', '1.00'));
      it.socket.listener.pong();
      it.runtime.advance(SECOND);
    }
    expect(it.client.status()).toMatchObject({ epoch: 1, synced: 1 });
    expect(it.socket.commands.map(({ cmd }) => cmd)).not.toContain('unsubscribe');
    expect(it.of('stale')).toHaveLength(1);
    it.socket.send(snapshot(++seq, A));
    expect(it.client.status().synced).toBe(2);
  });
});
