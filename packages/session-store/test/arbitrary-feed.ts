// What a recorder would append while a feed lives through trouble: books that fold, holes with their ledger rows, reconnects.
import fc from '@trader/testkit/fast-check';
import type { StoredLevel, StoreRecord } from '../src/index.ts';
import { factData } from './arbitrary-facts.ts';

export const feedStartMs = Date.UTC(2026, 6, 26) - 3000;

const markets = ['RAIN', 'SNOW', 'HAIL'] as const;
const market = fc.constantFrom(...markets);
const side = fc.constantFrom('yes' as const, 'no' as const);
const price = fc.integer({ min: 1, max: 6 }).map((step) => step * 100);
// Often none: much arrives within one ms.
const pause = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 400 }));
const levels = fc
  .uniqueArray(fc.tuple(price, fc.integer({ min: 1, max: 900 })), { maxLength: 3, selector: ([price]) => price })
  .map((side) => side.toSorted(([one], [other]) => one - other));

const step = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      op: fc.constant('delta' as const),
      pause,
      market,
      side,
      price,
      change: fc.integer({ min: 1, max: 500 }),
      falls: fc.boolean(),
    }),
  },
  { weight: 4, arbitrary: fc.record({ op: fc.constant('snapshot' as const), pause, market, yes: levels, no: levels }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('trade' as const), pause, market, numbered: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({ op: fc.constant('fact' as const), pause, market, numbered: fc.boolean(), data: factData }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('ok' as const), pause, numbered: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({ op: fc.constant('lost numbers' as const), pause, count: fc.integer({ min: 1, max: 9 }) }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('unreadable' as const), pause, market, named: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('reconnect' as const), pause }) },
);

/** The records of one session on one subscription at a time, as they arrive. At least one of them is a snapshot. */
export const feed: fc.Arbitrary<readonly StoreRecord[]> = fc
  .array(step, { minLength: 1, maxLength: 60 })
  .map((steps) => {
    const records: StoreRecord[] = [];
    let [epoch, seq, atMs] = [1, 0, feedStartMs];
    const books = new Map<string, Map<string, number>>();
    const add = (record: object) =>
      records.push({ epoch, sid: 1, seq: ++seq, receivedAtMs: atMs, ...record } as StoreRecord);
    const snapshot = (market: string, yes: readonly StoredLevel[], no: readonly StoredLevel[]) => {
      const book = new Map<string, number>();
      for (const [price, size] of yes) book.set(`yes ${price}`, size);
      for (const [price, size] of no) book.set(`no ${price}`, size);
      books.set(market, book);
      add({ kind: 'snapshot', market, yes, no });
    };
    snapshot('RAIN', [[100, 5]], []);
    for (const one of steps) {
      const lastAtMs = atMs;
      atMs += one.pause;
      switch (one.op) {
        case 'snapshot':
          snapshot(one.market, one.yes, one.no);
          break;
        case 'delta': {
          const book = books.get(one.market);
          const level = `${one.side} ${one.price}`;
          const held = book?.get(level) ?? 0;
          const delta = one.falls && held > 0 ? -Math.min(held, one.change) : one.change;
          book?.set(level, held + delta);
          const { market, side, price } = one;
          // Now and then a chunk begins or ends without microseconds.
          const us = one.change % 4 === 0 ? {} : { exchangeAtUs: (atMs - 12) * 1000 + one.change };
          add({ kind: 'delta', market, side, price, delta, exchangeAtMs: atMs - 12, ...us });
          break;
        }
        case 'trade': {
          const trade = { market: one.market, tradeId: `T-${records.length}`, yesPrice: 300, size: 7 };
          add({ kind: 'trade', ...trade, takerSide: 'yes', isBlockTrade: null, exchangeAtMs: null });
          if (!one.numbered) unnumber(records, () => seq--);
          break;
        }
        case 'fact':
          add({ ...one.data, exchangeAtMs: null, market: one.data.kind === 'exchange' ? null : one.market });
          if (!one.numbered) unnumber(records, () => seq--);
          break;
        case 'ok':
          add({ kind: 'raw', text: '{"type":"ok"}' });
          if (!one.numbered) unnumber(records, () => seq--);
          break;
        case 'lost numbers': {
          const hole = { firstSeq: seq + 1, lastSeq: seq + one.count, fromAtMs: lastAtMs, toAtMs: atMs };
          records.push({ kind: 'gap', epoch, sid: 1, ...hole, cause: 'sequence gap' });
          seq += one.count;
          books.clear();
          break;
        }
        case 'unreadable': {
          // One market's alone: by its number, or by its time where that is all that is known.
          const numbers = one.named ? { firstSeq: ++seq, lastSeq: seq } : { firstSeq: null, lastSeq: null };
          const hole = { ...numbers, fromAtMs: atMs, toAtMs: atMs, market: one.market };
          records.push({ kind: 'gap', epoch, sid: 1, ...hole, cause: 'violation' });
          books.delete(one.market);
          break;
        }
        case 'reconnect': {
          const hole = { firstSeq: seq + 1, lastSeq: null, fromAtMs: lastAtMs, toAtMs: null };
          records.push({ kind: 'gap', epoch, sid: 1, ...hole, cause: 'connection lost' });
          [epoch, seq] = [epoch + 1, 0];
          books.clear();
        }
      }
    }
    return records;
  });

/** Takes the last record's number away, and gives it to whoever comes next. */
function unnumber(records: StoreRecord[], giveBack: () => void): void {
  records[records.length - 1] = { ...records.at(-1)!, seq: null } as StoreRecord;
  giveBack();
}

/** A market's book at a time as anybody would work it out: record by record, in order of arrival. */
export function bookByHand(records: readonly StoreRecord[], market: string, atMs: number) {
  const book = { yes: new Map<number, number>(), no: new Map<number, number>() };
  let state: 'unknown' | 'synced' | 'gap' = 'unknown';
  let cause: string | null = null;
  for (const record of records) {
    if ((record.kind === 'gap' ? record.fromAtMs : record.receivedAtMs) > atMs) continue;
    if (record.kind === 'gap') {
      if ((record.market ?? market) !== market) continue;
      if (state === 'synced') cause = record.cause;
      if (state !== 'unknown') state = 'gap';
    } else if (record.kind === 'snapshot' && record.market === market) {
      book.yes = new Map(record.yes);
      book.no = new Map(record.no);
      [state, cause] = ['synced', null];
    } else if (record.kind === 'delta' && record.market === market && state === 'synced') {
      const held = book[record.side];
      const size = (held.get(record.price) ?? 0) + record.delta;
      if (size === 0) held.delete(record.price);
      else held.set(record.price, size);
    }
  }
  const side = (levels: Map<number, number>) => [...levels].toSorted(([one], [other]) => one - other);
  return { state, cause, yes: side(book.yes), no: side(book.no) };
}
