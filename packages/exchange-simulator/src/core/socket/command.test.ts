import { describe, expect, it } from 'vitest';
import { parseCommand } from './command.ts';

const subscribe = (params: unknown) => ({ id: 1, cmd: 'subscribe', params });
const update = (params: unknown) => ({ id: 1, cmd: 'update_subscription', params });
const channels = ['orderbook_delta'];

describe('parseCommand refuses', () => {
  it.each<[string, unknown, number]>([
    ['a list', [], 1],
    ['null', null, 1],
    ['an id that is text', { id: '1', cmd: 'list_subscriptions' }, 1],
    ['channels that are text', subscribe({ channels: 'orderbook_delta' }), 1],
    ['tickers that are numbers', subscribe({ channels, market_tickers: [1] }), 1],
    ['a use_yes_price that is text', subscribe({ channels, market_ticker: 'A', use_yes_price: 'yes' }), 1],
    ['params that are a list', subscribe([]), 1],
    ['sids that are text', { id: 1, cmd: 'unsubscribe', params: { sids: ['1'] } }, 1],
    ['no params', { id: 1, cmd: 'subscribe' }, 2],
    ['no channels', subscribe({}), 3],
    ['an empty list of channels', subscribe({ channels: [] }), 3],
    ['no sids', { id: 1, cmd: 'unsubscribe', params: {} }, 4],
    ['an empty list of sids', { id: 1, cmd: 'unsubscribe', params: { sids: [] } }, 4],
    ['an unknown cmd', { id: 1, cmd: 'ping' }, 5],
    ['no cmd', { id: 1 }, 5],
    ['both a ticker and a list', subscribe({ channels, market_ticker: 'A', market_tickers: ['B'] }), 11],
    ['tickers and ids at once', subscribe({ channels, market_tickers: ['A'], market_ids: ['a'] }), 11],
    ['a skip_ticker_ack that is text', subscribe({ channels, market_ticker: 'A', skip_ticker_ack: 'no' }), 1],
    ['an empty ticker', subscribe({ channels, market_tickers: [''] }), 11],
    ['an update of no sid', update({ action: 'get_snapshot' }), 12],
    ['an update of two sids', update({ sids: [1, 2], action: 'get_snapshot' }), 12],
    ['an action that is not one', update({ sid: 1, action: 'remove_markets', market_tickers: ['A'] }), 13],
    ['add_markets without markets', update({ sid: 1, action: 'add_markets' }), 14],
    ['delete_markets without markets', update({ sid: 1, action: 'delete_markets', market_tickers: [] }), 14],
    ['no action', update({ sid: 1, market_tickers: ['A'] }), 15],
  ])('%s: %j, with error %d', (_, message, code) => {
    expect(parseCommand(JSON.stringify(message))).toMatchObject({ cmd: 'refused', code });
  });

  it('text that is no JSON, with error 1 and no id', () => {
    expect(parseCommand('{"id":4')).toEqual({ cmd: 'refused', id: undefined, code: 1 });
  });
});

describe('parseCommand reads', () => {
  it('a ticker named twice once, and lets unknown fields pass', () => {
    const message = { ...subscribe({ channels, market_tickers: ['B', 'A', 'B'], shard_key: 3 }), trace: 1 };
    expect(parseCommand(JSON.stringify(message))).toEqual({
      cmd: 'subscribe',
      id: 1,
      channels,
      tickers: ['B', 'A'],
      marketIds: [],
      useYesPrice: undefined,
      sendInitialSnapshot: false,
      skipTickerAck: undefined,
    });
  });

  it('get_snapshot by its list only: a single market_ticker is not honoured', () => {
    expect(parseCommand(JSON.stringify(update({ sid: 3, action: 'get_snapshot', market_ticker: 'A' })))).toEqual({
      cmd: 'get_snapshot',
      id: 1,
      sid: 3,
      tickers: [],
      marketIds: [],
      sendInitialSnapshot: false,
    });
  });
});
