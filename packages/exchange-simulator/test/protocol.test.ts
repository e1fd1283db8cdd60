import { ManualRuntime, temporaryFolder, type TemporaryFolder } from '@trader/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createExchange, type Exchange, type ExchangeOptions } from '../src/index.ts';
import { TestClient } from './client.ts';
import { at, deltaOf, snapshotOf, writeTape } from './tape.ts';

let folder: TemporaryFolder;
let tape: string;
beforeAll(() => {
  folder = temporaryFolder();
  tape = writeTape(folder, 'three-markets.ndjson', [
    at(
      1000,
      snapshotOf(
        'A',
        [
          ['0.0100', '5.00'],
          ['0.4000', '1.50'],
        ],
        [
          ['0.5500', '2.00'],
          ['0.5700', '3.25'],
        ],
      ),
    ),
    at(1000, snapshotOf('B', [['0.2000', '1.00']])),
    at(1000, snapshotOf('C')),
    at(2000, deltaOf('A', 'no', '0.5700', '-0.25', 2000)),
    at(2001, deltaOf('A', 'yes', '0.4000', '0.50', 2001)),
  ]);
});
afterAll(() => folder.remove());

let exchange: Exchange;
afterEach(() => exchange.close());

async function open(options: ExchangeOptions = {}): Promise<TestClient> {
  exchange = await createExchange({
    tapes: [tape],
    playback: 'on-play',
    speed: 'max',
    replyOrder: 'arrival',
    ...options,
  });
  return TestClient.connect(exchange, options.runtime && { atMs: options.runtime.nowMs() });
}

const bookA =
  '"msg":{"market_ticker":"A","market_id":"id-of-A","yes_dollars_fp":[["0.0100","5.00"],["0.4000","1.50"]],"no_dollars_fp":[["0.5500","2.00"],["0.5700","3.25"]]}}';
const bookB = '"msg":{"market_ticker":"B","market_id":"id-of-B","yes_dollars_fp":[["0.2000","1.00"]]}}';
const bookC = '"msg":{"market_ticker":"C","market_id":"id-of-C"}}';

describe('subscribe', () => {
  it('is acknowledged first by `subscribed` without a number, then by a snapshot per market, numbered from 1', async () => {
    await using client = await open();
    client.subscribe(1, ['B', 'A']);
    await client.settled();
    expect(client.texts).toEqual([
      '{"type":"subscribed","id":1,"msg":{"channel":"orderbook_delta","sid":1}}',
      `{"type":"orderbook_snapshot","sid":1,"seq":1,${bookB}`,
      `{"type":"orderbook_snapshot","sid":1,"seq":2,${bookA}`,
    ]);
  });

  it('again is merged into the sid and acknowledged by a numbered `ok` with the full sorted list', async () => {
    await using client = await open();
    client.subscribe(1, ['B']);
    client.send({ id: 2, cmd: 'subscribe', params: { channels: ['orderbook_delta'], market_ticker: 'A' } });
    client.subscribe(3, ['C', 'B']);
    client.subscribe(4, ['A']);
    await client.settled();
    expect(client.texts.slice(2)).toEqual([
      '{"type":"ok","id":2,"sid":1,"seq":2,"msg":{"market_tickers":["A","B"]}}',
      `{"type":"orderbook_snapshot","sid":1,"seq":3,${bookA}`,
      '{"type":"ok","id":3,"sid":1,"seq":4,"msg":{"market_tickers":["A","B","C"]}}',
      `{"type":"orderbook_snapshot","sid":1,"seq":5,${bookC}`,
      '{"type":"ok","id":4,"sid":1,"seq":6,"msg":{"market_tickers":["A","B","C"]}}',
    ]);
  });

  it('gives each connection its own sids and numbers', async () => {
    await using first = await open();
    await using second = await TestClient.connect(exchange);
    first.subscribe(1, ['A', 'B', 'C']);
    await first.settled();
    second.subscribe(9, ['C']);
    await second.settled();
    expect(second.texts).toEqual([
      '{"type":"subscribed","id":9,"msg":{"channel":"orderbook_delta","sid":1}}',
      `{"type":"orderbook_snapshot","sid":1,"seq":1,${bookC}`,
    ]);
  });

  it('with use_yes_price shows the NO side in YES prices, ascending, in snapshots and deltas', async () => {
    await using client = await open();
    client.subscribe(1, ['A'], { use_yes_price: true });
    await client.settled();
    exchange.play();
    await exchange.finished;
    await client.settled();
    expect(client.frames[1]?.msg.no_dollars_fp).toEqual([
      ['0.4300', '3.25'],
      ['0.4500', '2.00'],
    ]);
    expect(client.texts.slice(2)).toEqual([
      '{"type":"orderbook_delta","sid":1,"seq":2,"msg":{"market_ticker":"A","market_id":"id-of-A","price_dollars":"0.4300","delta_fp":"-0.25","side":"no","ts":"2026-08-07T06:46:28.97871Z","ts_ms":2000}}',
      '{"type":"orderbook_delta","sid":1,"seq":3,"msg":{"market_ticker":"A","market_id":"id-of-A","price_dollars":"0.4000","delta_fp":"0.50","side":"yes","ts":"2026-08-07T06:46:28.97871Z","ts_ms":2001}}',
    ]);
  });

  it.each([
    ['empty-snapshot', ['subscribed', 'orderbook_snapshot', 'orderbook_snapshot'], ['A', 'NONE']],
    ['silent', ['subscribed', 'orderbook_snapshot'], ['A']],
  ] as const)('to an unknown ticker follows the option %s', async (unknownTicker, types, snapshots) => {
    await using client = await open({ unknownTicker });
    client.subscribe(1, ['A', 'NONE']);
    await client.settled();
    expect(client.frames.map(({ type }) => type)).toEqual(types);
    expect(client.of('orderbook_snapshot').map(({ msg }) => msg.market_ticker as string)).toEqual(snapshots);
  });
});

describe('replies to commands that arrive together', () => {
  const orderOf = async (seed: number) => {
    await using client = await open({ replyOrder: 'shuffled', seed });
    const ids = Array.from({ length: 12 }, (_, index) => index + 1);
    const tickers = ids.map((id) => (id === 5 ? 'B' : 'A'));
    const subscribe = ids.map((id, index) => ({
      id,
      cmd: 'subscribe',
      params: { channels: ['orderbook_delta'], market_tickers: [tickers[index]] },
    }));
    client.send(...subscribe);
    await client.until(() => client.frames.filter(({ id }) => id).length === 12);
    const { frames } = client;
    await exchange.close();
    return frames;
  };

  it('come in an order of the seed’s choosing, each ack still directly before its snapshot', async () => {
    const frames = await orderOf(3);
    const ids = frames.flatMap(({ id }) => id ?? []);
    expect(ids).not.toEqual(ids.toSorted((a, b) => a - b));
    expect(frames.flatMap(({ seq }) => seq ?? [])).toEqual(Array.from({ length: 13 }, (_, index) => index + 1));
    const ackOfB = frames.findIndex(({ id }) => id === 5);
    expect(frames[ackOfB + 1]).toMatchObject({ type: 'orderbook_snapshot', msg: { market_ticker: 'B' } });
  });
});

describe('update_subscription', () => {
  it('add_markets answers with the list and snapshots of what is new', async () => {
    await using client = await open();
    client.subscribe(1, ['A']);
    await client.settled();
    client.update(2, 'add_markets', ['C', 'A', 'B']);
    await client.settled();
    expect(client.texts.slice(2)).toEqual([
      '{"type":"ok","id":2,"sid":1,"seq":2,"msg":{"market_tickers":["A","B","C"]}}',
      `{"type":"orderbook_snapshot","sid":1,"seq":3,${bookC}`,
      `{"type":"orderbook_snapshot","sid":1,"seq":4,${bookB}`,
    ]);
  });

  it('delete_markets stops a market’s deltas and leaves its neighbours alone', async () => {
    await using client = await open();
    client.subscribe(1, ['A', 'B']);
    client.send({
      id: 2,
      cmd: 'update_subscription',
      params: { sids: [1], action: 'delete_markets', market_tickers: ['A', 'never there'] },
    });
    await client.settled();
    exchange.play();
    await exchange.finished;
    await client.settled();
    expect(client.texts.slice(3)).toEqual(['{"type":"ok","id":2,"sid":1,"seq":3,"msg":{"market_tickers":["B"]}}']);
    expect(exchange.totals().deltasPlayed).toBe(2);
  });

  it('get_snapshot sends the book of the moment under the command’s id, and no ok', async () => {
    await using client = await open();
    client.subscribe(1, ['A']);
    await client.settled();
    exchange.play();
    await exchange.finished;
    client.update(2, 'get_snapshot', ['A', 'B']);
    await client.settled();
    expect(client.texts.slice(4)).toEqual([
      `{"type":"orderbook_snapshot","id":2,"sid":1,"seq":4,${bookA.replace('3.25', '3.00').replace('1.50', '2.00')}`,
      `{"type":"orderbook_snapshot","id":2,"sid":1,"seq":5,${bookB}`,
    ]);
  });

  it('get_snapshot of no market takes one number', async () => {
    await using client = await open();
    client.subscribe(1, ['A']);
    client.update(2, 'get_snapshot', []);
    await client.settled();
    expect(client.texts[2]).toBe('{"type":"ok","id":2,"sid":1,"seq":2,"msg":{"market_tickers":["A"]}}');
  });
});

describe('unsubscribe', () => {
  it('takes the next number, ends the deltas, and the next subscription is a new sid from 1', async () => {
    await using client = await open();
    client.subscribe(1, ['A']);
    client.send({ id: 2, cmd: 'unsubscribe', params: { sids: [1] } });
    await client.settled();
    exchange.play();
    client.subscribe(3, ['C']);
    await exchange.finished;
    await client.settled();
    expect(client.texts.slice(2)).toEqual([
      '{"type":"unsubscribed","id":2,"sid":1,"seq":2}',
      '{"type":"subscribed","id":3,"msg":{"channel":"orderbook_delta","sid":2}}',
      `{"type":"orderbook_snapshot","sid":2,"seq":1,${bookC}`,
    ]);
  });
});

describe('list_subscriptions', () => {
  it('names the sid, and is answered after all that was sent before', async () => {
    await using client = await open();
    client.send({ id: 1, cmd: 'list_subscriptions' });
    client.subscribe(2, ['A']);
    client.send({ id: 3, cmd: 'list_subscriptions' });
    await client.settled();
    expect(client.texts[0]).toBe('{"type":"ok","id":1,"msg":[]}');
    expect(client.texts[3]).toBe('{"type":"ok","id":3,"msg":[{"channel":"orderbook_delta","sid":1}]}');
  });
});

describe('a wrong command', () => {
  it('gets the error of the table with its id, takes no number and harms nothing', async () => {
    await using client = await open();
    client.subscribe(1, ['A']);
    client.send(
      '{"id":2,"cmd"',
      { id: 3, cmd: 'dance', params: {} },
      { id: 4, cmd: 'unsubscribe', params: { sids: [8] } },
    );
    client.send({
      id: 5,
      cmd: 'subscribe',
      params: { channels: ['ticker_v2', 'orderbook_delta'], market_ticker: 'B' },
    });
    await client.settled();
    expect(client.texts.slice(2)).toEqual([
      '{"type":"error","msg":{"code":1,"msg":"Unable to process message"}}',
      '{"type":"error","id":3,"msg":{"code":5,"msg":"Unknown command"}}',
      '{"type":"error","id":4,"msg":{"code":7,"msg":"Unknown subscription ID"}}',
      '{"type":"error","id":5,"msg":{"code":8,"msg":"Unknown channel name"}}',
      '{"type":"ok","id":5,"sid":1,"seq":2,"msg":{"market_tickers":["A","B"]}}',
      `{"type":"orderbook_snapshot","sid":1,"seq":3,${bookB}`,
    ]);
    expect(exchange.totals()).toMatchObject({ errorsSent: { 1: 1, 5: 1, 7: 1, 8: 1 } });
  });
});

describe('pings', () => {
  it('go out every 10 s with the body heartbeat, and a client’s ping is answered', async () => {
    const runtime = new ManualRuntime();
    await using client = await open({ runtime });
    expect(await client.ping('are you there')).toBe('are you there');
    runtime.advance(9_999);
    await client.settled();
    expect(client.pings).toEqual([]);
    runtime.advance(10_001);
    await client.until(() => client.pings.length === 2);
    expect(client.pings).toEqual(['heartbeat', 'heartbeat']);
    await client.settled();
    expect(exchange.totals()).toMatchObject({ pingsSent: 2, pongsReceived: 2 });
  });
});
