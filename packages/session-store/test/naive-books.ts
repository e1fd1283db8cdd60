import type { StoreRecord } from '../src/index.ts';

export type NaiveBook = { readonly yes: readonly [number, number][]; readonly no: readonly [number, number][] };

type Sides = { yes: Map<number, number>; no: Map<number, number> };

export const bookKey = (record: { epoch: number; sid: number; seq: number }) =>
  `${record.epoch}/${record.sid}/${record.seq}`;

/** The book after each delta, by key, wherever it is known: folded record by record, as anybody would. */
export function naiveBooks(records: readonly StoreRecord[]): ReadonlyMap<string, NaiveBook> {
  const books = new Map<string, Sides>();
  const after = new Map<string, NaiveBook>();
  for (const record of records) {
    if (record.kind === 'gap') {
      const [epoch, sid] = [String(record.epoch), record.sid === null ? null : String(record.sid)];
      for (const key of books.keys()) {
        const [ofEpoch, ofSid, ofMarket] = key.split('/');
        const isOf = ofEpoch === epoch && (sid === null || ofSid === sid) && (record.market ?? ofMarket) === ofMarket;
        if (isOf) books.delete(key);
      }
    } else if (record.kind === 'snapshot') {
      const { epoch, sid, market, yes, no } = record;
      books.set(`${epoch}/${sid}/${market}`, { yes: new Map(yes), no: new Map(no) });
    } else if (record.kind === 'delta') {
      const book = books.get(`${record.epoch}/${record.sid}/${record.market}`);
      if (!book) continue;
      const side = book[record.side];
      side.set(record.price, (side.get(record.price) ?? 0) + record.delta);
      after.set(bookKey(record), { yes: levelsOf(book.yes), no: levelsOf(book.no) });
    }
  }
  return after;
}

const levelsOf = (side: ReadonlyMap<number, number>) =>
  [...side].filter(([, size]) => size !== 0).toSorted(([one], [other]) => one - other);
