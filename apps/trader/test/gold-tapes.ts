// The GOLD tapes: 1.1 million real frames of 23 busy markets, and what must be true of a recording of some of them.
import { createReadStream, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { captures } from '@trader/testkit';
import { expect } from 'vitest';
import type { Trader } from '../src/trader.ts';
import { compareDataset } from './dataset-fold.ts';
import { newDatabaseOn, type EngineName } from './databases.ts';
import { FoldedBook, recordTapes, storedRows } from './recording.ts';

export const gold = captures('ws-gold15m-2026-08/events');

/** All of them, or those of one market. */
export const goldTapes = (market = ''): readonly string[] =>
  gold.missing
    ? []
    : readdirSync(gold.path).flatMap((window) =>
        window.includes(market)
          ? readdirSync(join(gold.path, window)).map((file) => join(gold.path, window, file))
          : [],
      );

/**
 * Through the simulator's socket, the client and the store: each delta is stored once, the folded store equals the live books at
 * each checkpoint, and no level is impossible; the export as a dataset folds to the books of the end.
 */
export async function playAndCompare(played: readonly string[], engine: EngineName): Promise<void> {
  const expected = await readTapes(played);
  const live: Checkpoints = new Map();
  const database = await newDatabaseOn(engine);
  const { row, trader } = await recordTapes(played, database, { during: (trader) => watch(trader, expected, live) });
  const deltas = [...expected.values()].reduce((sum, { digest }) => sum + digest.count, 0);
  expect(row).toMatchObject({ status: 'closed', deltas, gaps: 0 });

  const books = new Map<string, FoldedBook>();
  const digests = new Map<string, Digest>();
  const compared = new Map<string, number>();
  for await (const record of storedRows(database, row.id)) {
    const book = books.get(record.market) ?? new FoldedBook();
    books.set(record.market, book);
    book.take(record);
    if (!record.delta) continue;
    const digest = digests.get(record.market) ?? new Digest();
    digests.set(record.market, digest);
    const { side, price, change, atUs } = record.delta;
    digest.add(side, price, change, atUs ?? 0);
    if (book.breach) throw new Error(`${record.market} is ${book.breach} at seq ${record.seq}`);
    const checkpoint = live.get(record.market)?.get(digest.count);
    if (!checkpoint) continue;
    expect({ yes: book.levels('yes'), no: book.levels('no') }, record.market).toEqual(checkpoint);
    compared.set(record.market, (compared.get(record.market) ?? 0) + 1);
  }
  for (const [market, { digest, checkpoints }] of expected) {
    expect(digests.get(market), market).toEqual(digest);
    expect(compared.get(market), market).toBe(checkpoints.size);
  }
  expect(books.size).toBe(expected.size);
  await compareDataset(database, row, trader);
}

/** Tells sequences apart, cheaply enough for a million: how many, and a hash over all of them in order. */
class Digest {
  count = 0;
  hash = 0;

  add(side: 'yes' | 'no', price: number, change: number, atUs: number): void {
    this.count++;
    for (const part of [side === 'yes' ? 1 : 2, price, change % 2 ** 31, atUs % 2 ** 31]) {
      this.hash = (Math.imul(this.hash, 31) + part) | 0;
    }
  }
}

type Expected = {
  readonly digest: Digest;
  /** After how many deltas the live book is kept for the comparison: before each later snapshot, and now and then. */
  readonly checkpoints: Set<number>;
};
type Levels = readonly (readonly [number, number])[];
type Checkpoints = Map<string, Map<number, { readonly yes: Levels; readonly no: Levels }>>;

/** The tapes as they are, read apart from everything that is tested. */
async function readTapes(files: readonly string[]): Promise<ReadonlyMap<string, Expected>> {
  const markets = new Map<string, Expected>();
  // By name, which sorts the two days of the one split market.
  for (const file of files.toSorted()) {
    for await (const line of createInterface({ input: createReadStream(file).pipe(createGunzip()) })) {
      const { event } = JSON.parse(line) as {
        event: { type: string; msg: Record<string, string> };
      };
      if (event.type === 'trade') continue;
      const ticker = event.msg['market_ticker']!;
      const market = markets.get(ticker) ?? { digest: new Digest(), checkpoints: new Set<number>() };
      markets.set(ticker, market);
      const { digest, checkpoints } = market;
      if (event.type === 'orderbook_delta') {
        const { side, price_dollars: price, delta_fp: change, ts } = event.msg;
        const [scaledPrice, scaledChange] = [Math.round(Number(price) * 10_000), Math.round(Number(change) * 100)];
        digest.add(side as 'yes' | 'no', scaledPrice, scaledChange, wireUs(ts!));
        if (digest.count % 5000 === 0) checkpoints.add(digest.count);
      } else if (digest.count > 0) {
        checkpoints.add(digest.count);
      }
    }
  }
  for (const { digest, checkpoints } of markets.values()) checkpoints.add(digest.count);
  return markets;
}

/** The digits of `ts` as they stand there, and not with the client's code. */
export const wireUs = (ts: string): number => {
  const [second, fraction = ''] = ts.slice(0, -1).split('.');
  return Date.parse(`${second!}Z`) * 1000 + Number(fraction.padEnd(6, '0'));
};

/** Keeps the live books at the checkpoints. */
function watch({ client }: Trader, expected: ReadonlyMap<string, Expected>, live: Checkpoints): void {
  const counts = new Map<string, number>();
  client!.on('delta', ({ market }) => {
    const count = (counts.get(market) ?? 0) + 1;
    counts.set(market, count);
    if (!expected.get(market)?.checkpoints.has(count)) return;
    const book = client!.book(market)!;
    expect(book.synced).toBe(true);
    const kept = live.get(market) ?? new Map<number, { yes: Levels; no: Levels }>();
    live.set(market, kept);
    kept.set(count, { yes: book.levels('yes'), no: book.levels('no') });
  });
}
