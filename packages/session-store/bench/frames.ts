// Frames as an exchange would send them, about 290 bytes of JSON each, and how a program reads them: decoded by JSON.parse, a
// book of two maps a market, and a record for the store made of the same parse.
import type { DeltaRecord, SnapshotRecord, StoreRecord } from '../src/index.ts';
import type { Side } from './traffic.ts';

type Frame = {
  readonly sid: number;
  readonly seq: number;
  readonly msg: {
    readonly market_ticker: string;
    readonly price_dollars: string;
    readonly delta_fp: string;
    readonly side: Side;
    readonly ts_ms: number;
  };
};

export function frameOf({ sid, seq, market, side, price, delta, exchangeAtMs }: DeltaRecord): Buffer {
  return Buffer.from(
    JSON.stringify({
      type: 'orderbook_delta',
      sid,
      seq,
      msg: {
        market_ticker: market,
        market_id: '4f5c2e39-5132-4147-ba3f-b3485ad89427',
        price_dollars: (price / 10_000).toFixed(4),
        delta_fp: (delta / 100).toFixed(2),
        side,
        ts: new Date(exchangeAtMs!).toISOString(),
        ts_ms: exchangeAtMs,
      },
    }),
  );
}

/** Reads frames into books; what comes of a frame is handed to `onDelta`. */
export class Reader {
  readonly books = new Map<string, Record<Side, Map<number, number>>>();
  readonly #onDelta: ((record: StoreRecord) => void) | null;

  /** @param onDelta `null`: nothing is stored, and no record is made */
  constructor(snapshots: readonly SnapshotRecord[], onDelta: ((record: StoreRecord) => void) | null) {
    this.#onDelta = onDelta;
    for (const snapshot of snapshots) {
      this.books.set(snapshot.market, { yes: new Map(snapshot.yes), no: new Map(snapshot.no) });
      onDelta?.(snapshot);
    }
  }

  read(bytes: Buffer, receivedAtMs: number): void {
    const { sid, seq, msg } = JSON.parse(bytes.toString()) as Frame;
    const price = Math.round(Number(msg.price_dollars) * 10_000);
    const delta = Math.round(Number(msg.delta_fp) * 100);
    const levels = this.books.get(msg.market_ticker)![msg.side];
    const size = (levels.get(price) ?? 0) + delta;
    if (size === 0) levels.delete(price);
    else levels.set(price, size);
    this.#onDelta?.({
      kind: 'delta',
      epoch: 1,
      sid,
      seq,
      market: msg.market_ticker,
      side: msg.side,
      price,
      delta,
      exchangeAtMs: msg.ts_ms,
      receivedAtMs,
    });
  }
}
