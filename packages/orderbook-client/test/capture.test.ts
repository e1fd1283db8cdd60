// The one public capture with control frames and unbroken numbers, frame by frame as the exchange sent it.
import { readFileSync } from 'node:fs';
import { captures } from '@trader/testkit';
import { describe, expect, test } from 'vitest';
import { conversation } from './scripted-exchange.ts';

type Level = [string, string];
type Frame = {
  type: string;
  msg: {
    market_ticker: string;
    side: 'yes' | 'no';
    price_dollars: string;
    delta_fp: string;
    yes_dollars_fp?: Level[];
    no_dollars_fp?: Level[];
  };
};
type Capture = { tickers: string[]; frames: { frame: Frame }[] };

const mlb = captures('ws-mlb-12markets-2026-08-07/ws_orderbook_stream.json');

describe.skipIf(mlb.missing)(mlb.title('12 markets of a real connection'), () => {
  test('come out as 12 snapshots and 245 deltas without a gap, and as the books of a plain fold', async () => {
    const { tickers, frames } = JSON.parse(readFileSync(mlb.path, 'utf8')) as Capture;
    // As that client did: one command a market, all at once; the acks came out of order.
    const { client, connection, dial, of } = conversation({
      markets: tickers,
      marketsPerCommand: 1,
      commandsPerSecond: 1000,
    });
    const dialled = dial();
    client.start();
    const socket = await dialled;
    socket.listener.opened();
    expect(socket.commands).toHaveLength(12);
    socket.send(...frames.map(({ frame }) => JSON.stringify(frame)));

    expect(connection()).toMatchObject({ phase: 'live', synced: 12, seq: 268 });
    expect(client.status().counters).toMatchObject({
      frames: 269,
      snapshots: 12,
      deltas: 245,
      control: 12,
      gaps: 0,
      duplicates: 0,
      unapplied: 0,
    });
    expect(of('problem')).toEqual([]);

    for (const [key, size] of fold(frames.map(({ frame }) => frame))) {
      const [market = '', side = '', price = ''] = key.split(' ');
      expect(client.book(market)!.sizeAt(side as 'yes' | 'no', Math.round(Number(price) * 10_000))).toBe(size);
    }
    const levels = [...client.books()].flatMap((book) => [...book.levels('yes'), ...book.levels('no')]);
    expect(levels).toHaveLength(fold(frames.map(({ frame }) => frame)).size);
  });
});

/** Written apart from the client: floats, rounded at the end, in one flat map. */
function fold(frames: readonly Frame[]): Map<string, number> {
  const sizes = new Map<string, number>();
  const add = (key: string, size: number) => {
    const sum = (sizes.get(key) ?? 0) + Math.round(size * 100);
    if (sum === 0) sizes.delete(key);
    else sizes.set(key, sum);
  };
  for (const { type, msg } of frames) {
    if (type === 'orderbook_snapshot') {
      for (const [price, size] of msg.yes_dollars_fp ?? []) add(`${msg.market_ticker} yes ${price}`, Number(size));
      for (const [price, size] of msg.no_dollars_fp ?? []) add(`${msg.market_ticker} no ${price}`, Number(size));
    } else if (type === 'orderbook_delta') {
      add(`${msg.market_ticker} ${msg.side} ${msg.price_dollars}`, Number(msg.delta_fp));
    }
  }
  return sizes;
}
