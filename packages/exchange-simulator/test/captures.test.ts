import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { captures, temporaryFolder } from '@trader/testkit';
import { describe, expect, it } from 'vitest';
import { createExchange, type Exchange } from '../src/index.ts';
import { type Frame, TestClient } from './client.ts';
import { at, writeTape } from './tape.ts';

type Books = Map<string, Record<'yes' | 'no', Map<string, number>>>;

/** A second reading of what frames mean, as plain as it can be; it shares nothing with the exchange. */
function fold(frames: readonly Frame[]): Books {
  const books: Books = new Map();
  const hundredths = (text: string) => Math.round(Number(text) * 100);
  for (const { type, msg } of frames) {
    if (type === 'orderbook_snapshot') {
      const side = (levels: [string, string][] = []) =>
        new Map(levels.map(([price, size]) => [price, hundredths(size)]));
      books.set(msg.market_ticker, { yes: side(msg.yes_dollars_fp), no: side(msg.no_dollars_fp) });
    } else if (type === 'orderbook_delta') {
      const levels = books.get(msg.market_ticker)![msg.side as 'yes' | 'no'];
      const size = (levels.get(msg.price_dollars) ?? 0) + hundredths(msg.delta_fp);
      if (size === 0) levels.delete(msg.price_dollars);
      else levels.set(msg.price_dollars, size);
    }
  }
  return books;
}

function expectBooks(exchange: Exchange, books: Books): void {
  expect(exchange.markets).toEqual([...books.keys()].toSorted());
  for (const [ticker, sides] of books) {
    const levels = (side: 'yes' | 'no') =>
      [...sides[side]]
        .map(([price, size]) => [Math.round(Number(price) * 10_000), size])
        .toSorted(([a], [b]) => a! - b!);
    expect(exchange.book(ticker)).toEqual({ yes: levels('yes'), no: levels('no') });
  }
}

const mlb = captures('ws-mlb-12markets-2026-08-07/ws_orderbook_stream.json');

describe.skipIf(mlb.missing)(mlb.title('the recorded connection with twelve markets'), () => {
  it('comes out as it was recorded: 12 snapshots, 245 deltas, the same acks, the same books', async () => {
    using folder = temporaryFolder();
    const { frames: lines } = JSON.parse(readFileSync(mlb.path, 'utf8')) as {
      frames: { received_ms: number; frame: Frame }[];
    };
    const recorded = lines.map(({ frame }) => frame);
    const tape = writeTape(
      folder,
      'mlb.ndjson',
      lines.map(({ received_ms: ms, frame }) => at(ms, frame)),
    );
    await using exchange = await createExchange({
      tapes: [tape],
      speed: 'max',
      playback: 'on-play',
      replyOrder: 'arrival',
    });
    await using client = await TestClient.connect(exchange);

    // The order in which the real exchange answered; the ticker is that of the snapshot after the ack.
    const answered = recorded.flatMap(({ id }, index) =>
      id ? [{ id, ticker: recorded[index + 1]?.msg.market_ticker }] : [],
    );
    for (const { id, ticker } of answered) client.subscribe(id, [ticker as string]);
    await client.settled();
    exchange.play();
    await exchange.finished;
    await client.settled();

    expect(client.of('orderbook_snapshot')).toHaveLength(12);
    expect(client.of('orderbook_delta')).toHaveLength(245);
    expect(client.texts).toEqual(recorded.map((frame) => JSON.stringify(frame)));
    expectBooks(exchange, fold(recorded));
  });
});

const gold = captures('ws-gold15m-2026-08/events');

describe.skipIf(gold.missing)(gold.title('two recorded tapes and one market split over two days'), () => {
  it('reach a subscriber whole, in sequence, with the exchange’s books equal to a fold of what arrived', async () => {
    const tapes = [
      'KXGOLD15M-26AUG102000-00/2026-08-11.ndjson.gz',
      'KXGOLD15M-26AUG102000-00/2026-08-10.ndjson.gz',
      'KXGOLD15M-26AUG101900-00/2026-08-10.ndjson.gz',
    ].map((name) => join(gold.path, name));
    await using exchange = await createExchange({ tapes, speed: 'max' });
    await using client = await TestClient.connect(exchange);
    client.subscribe(1, exchange.markets);
    await exchange.finished;
    await client.settled();

    const { frames } = client;
    expect(frames.slice(1).every(({ seq }, index) => seq === index + 1)).toBe(true);
    expect(exchange.totals()).toMatchObject({ deltasPlayed: 46_359 + 4 + 22_024, levelsBelowZero: 0, errorsSent: {} });
    const books = fold(frames);
    for (const sides of books.values()) {
      for (const levels of [sides.yes, sides.no]) expect(Math.min(1, ...levels.values())).toBeGreaterThan(0);
    }
    expectBooks(exchange, books);

    const ofGold = gunzipSync(readFileSync(tapes[2]!)).toString().trimEnd().split('\n');
    const wanted = ofGold.flatMap((line) => {
      const { type, msg } = (JSON.parse(line) as { event: Frame }).event;
      return type === 'orderbook_delta' ? [JSON.stringify(msg)] : [];
    });
    const got = frames.filter(
      ({ type, msg }) => type === 'orderbook_delta' && msg.market_ticker === exchange.markets[0],
    );
    expect(got.map(({ msg }) => JSON.stringify(msg)).join('\n')).toBe(wanted.join('\n'));
  });
});
