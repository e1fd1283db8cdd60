// Channels that are known by name and not read: they are asked for, counted and passed on as they came.
import { describe, expect, test } from 'vitest';
import { createOrderbookClient } from '../src/index.ts';
import { createTestExchange } from '../src/testing/index.ts';
import { A, B, conversation, delta, snapshot, subscribed } from './scripted-exchange.ts';

const CHANNELS = [
  'communications',
  'multivariate_market_lifecycle',
  'cfbenchmarks_value',
  'cfbenchmarks_value_5hz',
  'pyth_value',
] as const;

const answered = (id: number, channel: string, sid: number): string =>
  JSON.stringify({ type: 'subscribed', id, msg: { channel, sid } });

const rfq = (seq: number, sid = 2): string =>
  JSON.stringify({ type: 'rfq_created', sid, seq, msg: { id: `rfq_${seq}`, creator_id: '', market_ticker: A } });

async function open(channels: Partial<Record<(typeof CHANNELS)[number], 'all'>>) {
  const it = conversation({ channels });
  const dialled = it.dial();
  it.client.start();
  const socket = await dialled;
  socket.listener.opened();
  return { ...it, socket };
}

async function withCommunications() {
  const it = await open({ communications: 'all' });
  it.socket.send(subscribed(1), answered(2, 'communications', 2), snapshot(1, A), snapshot(2, B));
  return it;
}

describe('channels that are kept raw', () => {
  test('are subscribed to with what the exchange sends nothing without', async () => {
    const { socket } = await open(Object.fromEntries(CHANNELS.map((channel) => [channel, 'all'])));
    expect(socket.commands.map((command) => 'params' in command && command.params)).toEqual([
      { channels: ['orderbook_delta'], market_tickers: [A, B], use_yes_price: false },
      { channels: ['communications'] },
      { channels: ['multivariate_market_lifecycle'] },
      { channels: ['cfbenchmarks_value'], index_ids: ['all'] },
      { channels: ['cfbenchmarks_value_5hz'], index_ids: ['all'] },
      { channels: ['pyth_value'], underlying_tickers: ['all'] },
    ]);
  });

  test.each(CHANNELS)('%s knows no filter by market', (channel) => {
    expect(() => conversation({ channels: { [channel]: 'markets' } })).toThrow(`channels.${channel} must be 'all'`);
  });

  test('come as they are, are counted by channel, and raise no alarm', async () => {
    const { client, socket, of } = await withCommunications();
    socket.send(rfq(1), rfq(2), delta(3, A, '0.4000', '1.00'));
    expect(of('raw')).toMatchObject([
      { channel: 'communications', frameType: 'rfq_created', epoch: 1, sid: 2, seq: 1, text: rfq(1) },
      { seq: 2, text: rfq(2) },
    ]);
    expect([...of('unrecognized'), ...of('problem'), ...of('gap')]).toEqual([]);
    const { counters, rawFrames, synced } = client.status();
    expect(rawFrames).toEqual({ communications: 2 });
    expect(counters).toMatchObject({ channelFrames: 2, unrecognized: 0, violations: 0, foreign: 0 });
    expect(synced).toBe(2);
  });

  test('name their gaps, which cost no book', async () => {
    const { client, socket, of } = await withCommunications();
    socket.send(rfq(1), rfq(4));
    expect(of('gap')).toMatchObject([{ sid: 2, channel: 'communications', firstSeq: 2, lastSeq: 3 }]);
    expect(client.status().synced).toBe(2);
  });

  test('may have no numbers, and no sid that is known: then they are foreign, and still passed on', async () => {
    const { client, socket, of } = await withCommunications();
    socket.send('{"type":"quote_created","msg":7}', '{"type":"pyth_value","sid":9,"msg":null}');
    expect(of('raw')).toMatchObject([
      { channel: 'communications', sid: null, seq: null },
      { channel: 'pyth_value', sid: 9, seq: null },
    ]);
    expect(client.status()).toMatchObject({
      rawFrames: { communications: 1, pyth_value: 1 },
      counters: { foreign: 2, violations: 0, unrecognized: 0 },
    });
  });

  test('are counted over all connections, and over reconnects', async () => {
    const it = await withCommunications();
    it.socket.send(rfq(1));
    const dialled = it.dial();
    it.socket.cut();
    it.runtime.advance(0);
    const next = await dialled;
    next.listener.opened();
    next.send(subscribed(1), answered(2, 'communications', 2), rfq(1));
    expect(it.client.status().rawFrames).toEqual({ communications: 2 });
  });

  test('can be played by the test exchange', async () => {
    const exchange = createTestExchange();
    const client = createOrderbookClient({ ...exchange.options, markets: [], channels: { communications: 'all' } });
    const seen: string[] = [];
    client.on('raw', ({ channel, frameType, seq }) => seen.push(`${channel} ${frameType} ${seq}`));
    client.start();
    await exchange.connected();
    exchange.publish({ type: 'quote_created', msg: { quote_id: 'q' } });
    expect(seen).toEqual(['communications quote_created 1']);
    await client.close();
  });
});
