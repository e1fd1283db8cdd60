import type { StoreRecord } from '../src/index.ts';
import { delta, gap, snapshot, trade } from './contract.ts';

export const feedMarkets = ['KXA-1', 'KXA-2', 'KXB-1'] as const;

/**
 * Forty seconds over midnight: two subscriptions, a lost connection, lost numbers of all and of one market, a side that goes empty, and a clock
 * that steps back.
 */
export function feedWithHoles(fromMs: number, random: () => number): StoreRecord[] {
  const draw = (below: number) => Math.floor(random() * below);
  const records: StoreRecord[] = [];
  let at = fromMs;
  const sizes = new Map<string, number>();
  for (let epoch = 1; epoch <= 2; epoch++) {
    let [seq, tradeSeq] = [0, 0];
    const shoot = (market: string) => {
      for (const key of sizes.keys()) if (key.startsWith(`${market} `)) sizes.delete(key);
      const levels = (side: string) =>
        [4_000, 4_100, 4_200].flatMap((price) => {
          const size = draw(3) * 100;
          sizes.set(`${market} ${side} ${price}`, size);
          return size > 0 ? [[price, size] as const] : [];
        });
      records.push(snapshot(++seq, { epoch, market, yes: levels('yes'), no: levels('no'), receivedAtMs: at }));
    };
    for (const market of feedMarkets) shoot(market);
    for (let index = 0; index < 160; index++) {
      at += index % 50 === 30 ? -3 : draw(250);
      const market = feedMarkets[draw(feedMarkets.length)]!;
      const side = draw(2) === 0 ? 'yes' : 'no';
      const price = 4_000 + 100 * draw(8);
      const key = `${market} ${side} ${price}`;
      const before = sizes.get(key) ?? 0;
      const change = before > 0 && draw(2) === 0 ? -before : (1 + draw(5)) * 100;
      sizes.set(key, before + change);
      records.push(delta(++seq, { epoch, market, side, price, delta: change, receivedAtMs: at, exchangeAtMs: null }));
      if (index % 4 === 0)
        records.push(
          trade(++tradeSeq, {
            epoch,
            market,
            tradeId: `t${epoch}-${index}`,
            yesPrice: price,
            size: 100 + draw(900),
            receivedAtMs: at,
            exchangeAtMs: null,
          }),
        );
      if (index === 40 || index === 90) {
        const one = index === 40 ? { market: 'KXA-2' } : {};
        records.push(gap({ epoch, firstSeq: seq + 1, lastSeq: seq + 3, fromAtMs: at, toAtMs: at + 500, ...one }));
        seq += 3;
        at += 500;
      }
      if (index === 60) shoot('KXA-2');
      if (index === 110) for (const each of feedMarkets) shoot(each);
    }
    records.push(
      gap({ epoch, sid: null, firstSeq: null, lastSeq: null, fromAtMs: at, toAtMs: null, cause: 'disconnected' }),
    );
    at += 12_000;
  }
  return records;
}
