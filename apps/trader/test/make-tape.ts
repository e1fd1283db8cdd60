import { seededRandom } from '@trader/testkit';

/** Real enough: levels come and go, YES below and NO below a mid of 50 cents. */
export function makeTape(markets: readonly string[], deltas: number, seed = 7): string {
  const random = seededRandom(seed);
  const lines = markets.map((market) => line('orderbook_snapshot', 0, { market_ticker: market, market_id: 'x' }));
  const sizes = new Map<string, number>();
  for (let i = 1; i <= deltas; i++) {
    const market = markets[Math.floor(random() * markets.length)]!;
    const side = random() < 0.5 ? 'yes' : 'no';
    const price = `0.${String(1 + Math.floor(random() * 49)).padStart(2, '0')}00`;
    const key = `${market} ${side} ${price}`;
    const resting = sizes.get(key) ?? 0;
    const change = resting > 0 && random() < 0.6 ? -resting : 1 + Math.floor(random() * 50_000);
    sizes.set(key, resting + change);
    const delta_fp = (change / 100).toFixed(2);
    lines.push(
      line('orderbook_delta', i, {
        market_ticker: market,
        market_id: 'x',
        price_dollars: price,
        delta_fp,
        side,
        ts_ms: 1_800_000_000_000 + i,
      }),
    );
  }
  return lines.join('');
}

const line = (type: string, i: number, msg: object): string =>
  `${JSON.stringify({ recv_ms: 1_800_000_000_000 + i, event: { type, sid: 1, seq: i + 1, msg } })}\n`;
