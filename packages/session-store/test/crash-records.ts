// Records that say of themselves whether they are whole: every field follows from the number, so that the database alone can be
// asked whether what it has is what was appended.
import type { SessionId, StoreRecord } from '../src/index.ts';

/** How far a session's streams have come: deltas and snapshots on one subscription, trades and tickers on another, frames kept as text. */
export type Progress = { readonly session: SessionId; deltas: number; trades: number; raw: number };

/** Number n arrives n ms later. */
export const firstAtMs = 1_785_901_540_000;
const atMs = firstAtMs;

/** One of 17 is a snapshot. */
export const deltaOrSnapshot = (seq: number): StoreRecord =>
  seq % 17 === 1
    ? {
        kind: 'snapshot',
        epoch: 1,
        sid: 1,
        seq,
        market: `M${seq % 3}`,
        receivedAtMs: atMs + seq,
        yes: [[100, seq]],
        no: [],
      }
    : {
        kind: 'delta',
        epoch: 1,
        sid: 1,
        seq,
        market: `M${seq % 3}`,
        side: 'yes',
        price: (seq % 99) * 100,
        delta: seq * 7,
        exchangeAtMs: atMs + seq - 5,
        // One of five is known in ms alone.
        exchangeAtUs: seq % 5 === 0 ? null : (atMs + seq - 5) * 1000 + ((seq * 37) % 1000),
        receivedAtMs: atMs + seq,
      };

const place = (seq: number) => ({ epoch: 1, sid: 2, seq, market: 'M0', receivedAtMs: atMs + seq });

/** One of 13 is a ticker. */
const tradeOrTicker = (seq: number): StoreRecord => (seq % 13 === 1 ? tickerOf(seq) : tradeOf(seq));

const tickerOf = (seq: number): StoreRecord => ({
  kind: 'ticker',
  ...place(seq),
  exchangeAtMs: null,
  marketId: `M-${seq}`,
  lastPrice: seq % 99,
  yesBid: null,
  yesAsk: null,
  yesBidSize: null,
  yesAskSize: null,
  lastTradeSize: null,
  volume: seq,
  openInterest: seq * 7,
  volumeDollars: null,
  openInterestDollars: null,
});

const tradeOf = (seq: number): StoreRecord => ({
  kind: 'trade',
  ...place(seq),
  tradeId: `trade-${seq}`,
  yesPrice: seq % 99,
  size: seq,
  takerSide: 'no',
  isBlockTrade: null,
  exchangeAtMs: null,
});

const rawOf = (number: number): StoreRecord => ({
  kind: 'raw',
  epoch: 1,
  sid: null,
  seq: null,
  receivedAtMs: atMs + number,
  text: String(number),
});

/** Appends the next `count` records, of all kinds. */
export function appendNext(
  session: { append(record: StoreRecord): unknown },
  progress: Progress,
  count: number,
  random: () => number,
): void {
  for (let left = count; left > 0; left--) {
    const kind = random();
    if (kind < 0.9) session.append(deltaOrSnapshot(++progress.deltas));
    else if (kind < 0.97) session.append(tradeOrTicker(++progress.trades));
    else session.append(rawOf(++progress.raw));
  }
}

/** The live books: what the records up to a number come to. Only yes levels are ever appended. */
export class Model {
  static readonly markets = ['M0', 'M1', 'M2'] as const;
  readonly #books = new Map<string, Map<number, number>>();

  static after(last: number): Model {
    const model = new Model();
    for (let seq = 1; seq <= last; seq++) model.append(seq);
    return model;
  }

  static shown(levels: Iterable<readonly [price: number, size: number]>): string {
    return JSON.stringify([...levels].filter(([, size]) => size !== 0).toSorted(([one], [other]) => one - other));
  }

  append(seq: number): void {
    this.apply(deltaOrSnapshot(seq));
  }

  apply(record: StoreRecord): void {
    if (record.kind === 'snapshot') this.#books.set(record.market, new Map(record.yes));
    // Before its first snapshot a market has no book.
    const book = record.kind === 'delta' ? this.#books.get(record.market) : undefined;
    if (book && record.kind === 'delta') book.set(record.price, (book.get(record.price) ?? 0) + record.delta);
  }

  book(market: string): string {
    return Model.shown(this.#books.get(market) ?? []);
  }
}
