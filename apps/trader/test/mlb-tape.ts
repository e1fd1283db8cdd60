// The one capture with control frames and unbroken numbers, through the simulator's socket, the client and the store.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { captures, temporaryFolder } from '@trader/testkit';
import { createSessionStore } from '@trader/session-store';
import { expect } from 'vitest';
import { compareDataset } from './dataset-fold.ts';
import { newDatabaseOn, type EngineName } from './databases.ts';
import { FoldedBook, recordTapes, storedRows } from './recording.ts';

type Frame = {
  readonly type: string;
  readonly msg: {
    readonly market_ticker: string;
    readonly side: 'yes' | 'no';
    readonly price_dollars: string;
    readonly delta_fp: string;
    readonly yes_dollars_fp?: readonly [string, string][];
    readonly no_dollars_fp?: readonly [string, string][];
  };
};
type Capture = { readonly frames: readonly { readonly received_ms: number; readonly frame: Frame }[] };

export const mlb = captures('ws-mlb-12markets-2026-08-07/ws_orderbook_stream.json');

/** It is stored as 12 snapshots and 245 deltas, without a gap, and folds to the books of the file. */
export async function recordMlbTape(engine: EngineName): Promise<void> {
  using folder = temporaryFolder('trader-tape-', { inMemory: true });
  const { frames } = JSON.parse(readFileSync(mlb.path, 'utf8')) as Capture;
  const tape = join(folder.path, 'mlb.ndjson');
  writeFileSync(
    tape,
    frames.map(({ received_ms, frame }) => `${JSON.stringify({ recv_ms: received_ms, event: frame })}\n`).join(''),
  );
  const database = await newDatabaseOn(engine);
  // One command a market, all at once, as the capture's own client did: the acks come out of order.
  const { row, trader } = await recordTapes([tape], database, { marketsPerCommand: 1 });
  expect(row).toMatchObject({ status: 'closed', snapshots: 12, deltas: 245, gaps: 0 });

  const expected = foldOfFile(frames.map(({ frame }) => frame));
  const stored = new Map<string, FoldedBook>();
  for await (const record of storedRows(database, row.id)) {
    const book = stored.get(record.market) ?? new FoldedBook();
    stored.set(record.market, book);
    book.take(record);
  }
  expect([...stored.keys()].toSorted()).toEqual([...expected.keys()].toSorted());
  for (const [market, book] of expected) {
    for (const side of ['yes', 'no'] as const) {
      expect(stored.get(market)!.levels(side), market).toEqual(book.levels(side));
      expect(trader.client!.book(market)!.levels(side), market).toEqual(book.levels(side));
    }
  }

  await compareDataset(database, row, trader);
  await using store = await createSessionStore(database);
  const acks = await store.query('select text from raw_frames where session_id = $1 order by ordinal', [row.id]);
  const ids = acks.map(({ text }) => (JSON.parse(String(text)) as { id: number }).id).slice(0, 12);
  expect(ids.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  expect(ids).not.toEqual(ids.toSorted((a, b) => a - b));
}

function foldOfFile(frames: readonly Frame[]): Map<string, FoldedBook> {
  const books = new Map<string, FoldedBook>();
  const scaled = (text: string, scale: number) => Math.round(Number(text) * scale);
  for (const { type, msg } of frames) {
    if (type !== 'orderbook_snapshot' && type !== 'orderbook_delta') continue;
    const book = books.get(msg.market_ticker) ?? new FoldedBook();
    books.set(msg.market_ticker, book);
    if (type === 'orderbook_snapshot') {
      for (const [price, size] of msg.yes_dollars_fp ?? []) book.yes.set(scaled(price, 10_000), scaled(size, 100));
      for (const [price, size] of msg.no_dollars_fp ?? []) book.no.set(scaled(price, 10_000), scaled(size, 100));
    } else {
      const price = scaled(msg.price_dollars, 10_000);
      const size = (book[msg.side].get(price) ?? 0) + scaled(msg.delta_fp, 100);
      if (size === 0) book[msg.side].delete(price);
      else book[msg.side].set(price, size);
    }
  }
  return books;
}
