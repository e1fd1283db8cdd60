import { describe, expect, it } from 'vitest';
import { Conversation } from './conversation.ts';
import { Hub } from './hub.ts';
import { Market } from '../market/market.ts';
import { newTally } from '../tally.ts';

function open() {
  const market = new Market('A', 'a');
  const sent: string[] = [];
  const tally = newTally();
  const conversation = new Conversation({
    markets: new Map([['A', market]]),
    hub: new Hub(),
    keyId: 'mine',
    unknownTicker: 'silent',
    maxMarketsPerSubscription: Infinity,
    tally,
    send: (frame) => sent.push(frame),
  });
  const subscribe = (...tickers: string[]) => {
    const params = { channels: ['orderbook_delta'], market_tickers: tickers };
    conversation.receiveCommand(JSON.stringify({ id: 1, cmd: 'subscribe', params }));
  };
  return { market, sent, tally, conversation, subscribe };
}

describe('Conversation', () => {
  it('follows known markets once, however often they are asked for', () => {
    const { conversation, subscribe, market } = open();
    subscribe('A', 'UNKNOWN');
    subscribe('A');
    expect([conversation.following, market.followers.size]).toEqual([1, 1]);
    const params = { sid: 1, action: 'delete_markets', market_tickers: ['A', 'A', 'UNKNOWN'] };
    conversation.receiveCommand(JSON.stringify({ id: 2, cmd: 'update_subscription', params }));
    expect([conversation.following, market.followers.size]).toEqual([0, 0]);
  });

  it('after an overflow says error 25 with the next number, and is silent until it is asked again', () => {
    const { conversation, subscribe, market, sent, tally } = open();
    subscribe('A');
    conversation.failMarketData();
    conversation.failMarketData();
    market.publishDelta('yes', 100, 5, '"msg":{}}');
    expect(sent.slice(2)).toEqual([
      '{"type":"error","sid":1,"seq":2,"msg":{"code":25,"msg":"Subscription buffer overflow"}}',
    ]);
    expect(tally.errorsSent).toEqual({ 25: 1 });
    subscribe('A');
    expect(sent.slice(3)).toEqual([
      '{"type":"subscribed","id":1,"msg":{"channel":"orderbook_delta","sid":2}}',
      '{"type":"orderbook_snapshot","sid":2,"seq":1,"msg":{"market_ticker":"A","market_id":"a","yes_dollars_fp":[["0.0100","0.05"]]}}',
    ]);
  });

  it('loses all market data to an overflow, each sid with an error of its own, and keeps the rest', () => {
    const { conversation, sent } = open();
    const params = { channels: ['fill', 'orderbook_delta', 'trade', 'ticker'], market_ticker: 'A' };
    conversation.receiveCommand(JSON.stringify({ id: 1, cmd: 'subscribe', params }));
    sent.length = 0;
    conversation.failMarketData();
    conversation.receiveCommand('{"id":2,"cmd":"list_subscriptions"}');
    const msg = '"msg":{"code":25,"msg":"Subscription buffer overflow"}}';
    expect(sent).toEqual([
      `{"type":"error","sid":2,"seq":2,${msg}`,
      `{"type":"error","sid":3,"seq":1,${msg}`,
      `{"type":"error","sid":4,${msg}`,
      '{"type":"ok","id":2,"msg":[{"channel":"fill","sid":1}]}',
    ]);
    expect(conversation.following).toBe(0);
  });

  it('leaves no follower behind when it ends', () => {
    const { conversation, subscribe, market, sent } = open();
    subscribe('A');
    conversation.endAll();
    market.publishDelta('yes', 100, 5, '"msg":{}}');
    expect([market.followers.size, conversation.following, sent.length]).toEqual([0, 0, 2]);
  });
});
