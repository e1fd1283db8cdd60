// A recording as a dataset, read by another library than the one that wrote it: its fold is the store's book and the live one.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSessionStore, verifyDataset, type SessionRow } from '@trader/session-store';
import { temporaryFolder } from '@trader/testkit';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { expect } from 'vitest';
import type { Database } from '../src/config/load-config.ts';
import type { Trader } from '../src/trader.ts';

type Side = 'yes' | 'no';
type Row = {
  readonly market: string;
  readonly epoch: number;
  readonly sid: bigint;
  readonly seq: bigint;
  readonly side: Side | null;
  readonly price: number;
  readonly size?: bigint;
  readonly delta?: bigint;
};

/** Of a recording that is over and without a hole: at its end. */
export async function compareDataset(database: Database, row: SessionRow, { client }: Trader): Promise<void> {
  using folder = temporaryFolder('trader-dataset-', { inMemory: true });
  await using store = await createSessionStore(database);
  const { miscounted, openDays } = await store.exportDataset({ folder: folder.path, sessions: [row.id] });
  expect(miscounted).toEqual([]);
  expect(await verifyDataset(folder.path)).toMatchObject({ ok: true, problems: [] });
  expect(openDays.length).toBeLessThanOrEqual(1);
  const manifest = JSON.parse(readFileSync(join(folder.path, 'manifest.json'), 'utf8')) as {
    readonly files: readonly { readonly kind: string; readonly path: string }[];
  };
  const rows: Row[] = [];
  for (const { kind, path } of manifest.files) {
    if (kind !== 'deltas' && kind !== 'snapshots') continue;
    const columns = ['market', 'epoch', 'sid', 'seq', 'side', 'price', kind === 'deltas' ? 'delta' : 'size'];
    const found = await parquetReadObjects({ file: await asyncBufferFromFile(join(folder.path, path)), columns });
    for (const each of found) rows.push(each as Row);
  }
  const numberOf = ({ epoch, sid, seq }: Row) => (epoch * 1_000 + Number(sid)) * 1e9 + Number(seq);
  rows.sort((one, other) => numberOf(one) - numberOf(other));
  const books = new Map<string, { at: number; yes: Map<number, number>; no: Map<number, number> }>();
  for (const each of rows) {
    const at = numberOf(each);
    let book = books.get(each.market);
    // A snapshot is as many rows as it has levels.
    if (each.delta === undefined && book?.at !== at) {
      book = { at, yes: new Map(), no: new Map() };
      books.set(each.market, book);
    }
    if (!book || each.side === null) continue;
    const size =
      Number(each.size ?? each.delta) + (each.delta === undefined ? 0 : (book[each.side].get(each.price) ?? 0));
    if (size === 0) book[each.side].delete(each.price);
    else book[each.side].set(each.price, size);
  }
  expect(books.size).toBeGreaterThan(0);
  for (const [market, book] of books) {
    const stored = await store.bookAt(market, row.lastRecordAtMs!);
    for (const side of ['yes', 'no'] as const) {
      const levels = [...book[side]].toSorted(([one], [other]) => one - other);
      expect(levels, `${market} against the store`).toEqual(stored[side]);
      expect(levels, `${market} against the live book`).toEqual(client!.book(market)!.levels(side));
    }
  }
}
