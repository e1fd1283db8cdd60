// Recorded traffic, where it is there: 23 real markets, each of its own quarter of an hour, as if all had been on at the same
// time and on one subscription. Numbers are given anew in order of arrival.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { captures } from '@trader/testkit';
import type { StoredLevel, StoreRecord } from '../src/index.ts';
import { startMs, type Side } from './traffic.ts';

type TextLevel = readonly [price: string, size: string];

type Line = {
  readonly recv_ms: number;
  readonly event: {
    readonly type: string;
    readonly msg: {
      readonly market_ticker: string;
      readonly side: Side;
      readonly price_dollars: string;
      readonly delta_fp: string;
      readonly yes_dollars_fp?: readonly TextLevel[];
      readonly no_dollars_fp?: readonly TextLevel[];
      readonly trade_id: string;
      readonly yes_price_dollars: string;
      readonly count_fp: string;
      readonly taker_side: Side;
      readonly ts_ms: number;
      readonly ts: string;
    };
  };
};

const tapes = captures('ws-gold15m-2026-08/events');

/** @returns `null` where the recordings are not */
export function recordedMarkets(): StoreRecord[] | null {
  if (tapes.missing) return null;
  const lines: { readonly atMs: number; readonly shiftMs: number; readonly event: Line['event'] }[] = [];
  for (const market of readdirSync(tapes.path).toSorted()) {
    let shiftMs: number | null = null;
    for (const file of readdirSync(join(tapes.path, market)).toSorted()) {
      const text = gunzipSync(readFileSync(join(tapes.path, market, file))).toString();
      for (const line of text.trimEnd().split('\n')) {
        const { recv_ms, event } = JSON.parse(line) as Line;
        shiftMs ??= startMs - recv_ms;
        lines.push({ atMs: recv_ms + shiftMs, shiftMs, event });
      }
    }
  }
  lines.sort((one, other) => one.atMs - other.atMs);
  const numbers = { book: 0, trade: 0 };
  return lines.map(({ atMs, shiftMs, event: { type, msg } }): StoreRecord => {
    const market = msg.market_ticker;
    const common = { epoch: 1, market, receivedAtMs: atMs };
    const exchangeAtMs = msg.ts_ms + shiftMs;
    if (type === 'orderbook_delta') {
      const { side } = msg;
      const price = priceOf(msg.price_dollars);
      return {
        kind: 'delta',
        ...common,
        sid: 1,
        seq: ++numbers.book,
        side,
        price,
        delta: sizeOf(msg.delta_fp),
        exchangeAtMs,
        exchangeAtUs: exchangeAtMs * 1000 + microsOf(msg.ts),
      };
    }
    if (type === 'trade') {
      return {
        kind: 'trade',
        ...common,
        sid: 2,
        seq: ++numbers.trade,
        tradeId: msg.trade_id,
        yesPrice: priceOf(msg.yes_price_dollars),
        size: sizeOf(msg.count_fp),
        takerSide: msg.taker_side,
        isBlockTrade: null,
        exchangeAtMs,
      };
    }
    const yes = levelsOf(msg.yes_dollars_fp);
    return { kind: 'snapshot', ...common, sid: 1, seq: ++numbers.book, yes, no: levelsOf(msg.no_dollars_fp) };
  });
}

/** The fourth to sixth digit behind the point: zeros at the end are not written. */
const microsOf = (ts: string) => Number((ts.slice(0, -1).split('.')[1] ?? '').padEnd(6, '0').slice(3));
const priceOf = (text: string) => Math.round(Number(text) * 10_000);
const sizeOf = (text: string) => Math.round(Number(text) * 100);
const levelsOf = (levels: readonly TextLevel[] = []): StoredLevel[] =>
  levels.map(([price, size]) => [priceOf(price), sizeOf(size)]);
