// Snapshots that are well formed and wrong.
import type { Side } from '../market/book.ts';
import { formatSize, parseFixed, SIZE_DECIMALS } from '../market/fixed-point.ts';
import { snapshotTail } from '../socket/frames.ts';
import type { Market } from '../market/market.ts';
import type { FaultOf } from './fault.ts';
import { isObject, type JsonObject, type OutgoingFrame } from './outgoing-frame.ts';

type LevelText = [price: string, size: string];

const keyOf = (side: Side): string => `${side}_dollars_fp`;
const levelsOf = (msg: JsonObject, side: Side): LevelText[] => (msg[keyOf(side)] as LevelText[] | undefined) ?? [];

/** The side that goes missing: the one that is named, else the larger one. */
export function missingSide(msg: JsonObject, named: Side | undefined): Side | undefined {
  const side = named ?? (levelsOf(msg, 'yes').length >= levelsOf(msg, 'no').length ? 'yes' : 'no');
  return levelsOf(msg, side).length > 0 ? side : undefined;
}

/** The market whose book is shown in place of the right one: the named one, else the next of the exchange. */
export function otherMarket(
  markets: ReadonlyMap<string, Market>,
  frame: OutgoingFrame,
  named: string | undefined,
): Market | undefined {
  if (named !== undefined) return markets.get(named);
  for (const market of markets.values()) if (!frame.tickers.includes(market.ticker)) return market;
  return undefined;
}

/** One level of each side gets another size; an empty book gets a level. */
export function changeLevels(msg: JsonObject, random: () => number): void {
  const sides = (['yes', 'no'] as const).filter((side) => levelsOf(msg, side).length > 0);
  if (sides.length === 0) msg[keyOf('yes')] = [['0.0100', '1.00']];
  for (const side of sides) {
    const levels = levelsOf(msg, side);
    const level = levels[Math.floor(random() * levels.length)] as LevelText;
    const size = parseFixed(level[1], SIZE_DECIMALS) ?? 0;
    level[1] = formatSize(size + 100 * (1 + Math.floor(random() * 100)));
  }
}

/** The sides of another market under this market's name. */
export function showOtherBook(msg: JsonObject, other: Market): void {
  const shown = JSON.parse(`{${snapshotTail(other, false)}`) as { msg: JsonObject };
  for (const side of ['yes', 'no'] as const) {
    delete msg[keyOf(side)];
    if (shown.msg[keyOf(side)] !== undefined) msg[keyOf(side)] = shown.msg[keyOf(side)];
  }
}

/** A snapshot of a market that nobody asked for, with the next number. */
export function unaskedSnapshot(
  { json, tickers }: OutgoingFrame,
  { market }: FaultOf<'wrong-snapshot'>,
  markets: ReadonlyMap<string, Market>,
): JsonObject {
  const ticker = market ?? `${tickers[0] ?? 'KX'}-UNASKED`;
  const known = markets.get(ticker);
  const shown: unknown = known
    ? JSON.parse(`{${snapshotTail(known, false)}`)
    : {
        msg: {
          market_ticker: ticker,
          market_id: '00000000-0000-0000-0000-000000000000',
          yes_dollars_fp: [['0.0100', '1.00']],
        },
      };
  const rest = isObject(shown) ? shown : {};
  return { type: 'orderbook_snapshot', sid: json['sid'], seq: Number(json['seq']) + 1, ...rest };
}
