// Every real tape folds to the same book here and in a plain map.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { captures } from '@trader/testkit';
import { describe, expect, test } from 'vitest';
import { OrderBook, type Level, type Side } from './book.ts';

type TextLevel = [price: string, size: string];
type Frame = {
  type: string;
  msg: {
    market_ticker: string;
    side: Side;
    price_dollars: string;
    delta_fp: string;
    yes_dollars_fp?: TextLevel[];
    no_dollars_fp?: TextLevel[];
  };
};

// Written apart from the client's parser: floats, rounded at the end.
const priceOf = (text: string) => Math.round(Number(text) * 10_000);
const sizeOf = (text: string) => Math.round(Number(text) * 100);
const levelsOf = (levels: TextLevel[] = []): Level[] => levels.map(([price, size]) => [priceOf(price), sizeOf(size)]);

/** Plays frames into books and maps, and compares: each level that changes, and every so often the whole book. */
function playAndCompare(frames: Iterable<Frame>, priceStep = 0): { deltas: number; compared: number } {
  const books = new Map<string, { book: OrderBook; plain: Record<Side, Map<number, number>> }>();
  let deltas = 0;
  let compared = 0;
  const compare = ({ book, plain }: { book: OrderBook; plain: Record<Side, Map<number, number>> }) => {
    for (const side of ['yes', 'no'] as const) {
      expect(book.levels(side)).toEqual([...plain[side]].toSorted(([a], [b]) => a - b));
      expect(book.depth(side)).toBe(plain[side].size);
    }
    compared++;
  };
  for (const { type, msg } of frames) {
    if (type === 'orderbook_snapshot') {
      const yes = levelsOf(msg.yes_dollars_fp);
      const no = levelsOf(msg.no_dollars_fp);
      const before = books.get(msg.market_ticker);
      if (before) compare(before);
      const book = before?.book ?? new OrderBook();
      book.priceStep = priceStep;
      book.replace(yes, no);
      books.set(msg.market_ticker, { book, plain: { yes: new Map(yes), no: new Map(no) } });
    } else if (type === 'orderbook_delta') {
      const it = books.get(msg.market_ticker)!;
      const price = priceOf(msg.price_dollars);
      const delta = sizeOf(msg.delta_fp);
      const side = it.plain[msg.side];
      const size = (side.get(price) ?? 0) + delta;
      if (size === 0) side.delete(price);
      else side.set(price, size);
      // Not by "expect": a million calls of it take longer than all the rest.
      if (it.book.apply(msg.side, price, delta) !== 'applied' || it.book.sizeAt(msg.side, price) !== size) {
        throw new Error(`delta ${deltas} came out wrong, at ${msg.side} ${price}`);
      }
      if (++deltas % 1000 === 0) compare(it);
    }
  }
  for (const one of books.values()) compare(one);
  return { deltas, compared };
}

const mlb = captures('ws-mlb-12markets-2026-08-07/ws_orderbook_stream.json');
const gold = captures('ws-gold15m-2026-08/events');

describe.skipIf(mlb.missing)(mlb.title('12 baseball markets'), () => {
  test.each([0, 100, 10])('fold to the books of a plain map (known step %d)', (priceStep) => {
    const { frames } = JSON.parse(readFileSync(mlb.path, 'utf8')) as { frames: { frame: Frame }[] };
    const played = playAndCompare(
      frames.map(({ frame }) => frame),
      priceStep,
    );
    expect(played).toEqual({ deltas: 245, compared: 12 });
  });
});

describe.skipIf(gold.missing)(gold.title('gold in 15 minutes'), () => {
  const markets = gold.missing ? ['each market'] : readdirSync(gold.path);

  test.each(markets)('%s folds to the book of a plain map', (market) => {
    // A market over midnight has a file a day: one tape.
    const folder = join(gold.path, market);
    const lines = readdirSync(folder)
      .toSorted()
      .flatMap((file) =>
        gunzipSync(readFileSync(join(folder, file)))
          .toString()
          .split('\n'),
      );
    const played = playAndCompare(
      lines.filter((line) => line !== '').map((line) => (JSON.parse(line) as { event: Frame }).event),
    );
    expect(played.deltas).toBeGreaterThan(20_000);
  });
});
