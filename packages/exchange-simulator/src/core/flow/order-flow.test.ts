import { describe, expect, it } from 'vitest';
import { Accounts } from '../accounts/accounts.ts';
import { FeeSchedule } from '../accounts/fees.ts';
import { PRICE_STRUCTURES } from '../market/listing.ts';
import { Market } from '../market/market.ts';
import { seededRandom } from '../seeded-random.ts';
import { Hub } from '../socket/hub.ts';
import { Publisher } from '../socket/publisher.ts';
import { newTally } from '../tally.ts';
import { TradingFloor, Venue } from '../trading/trading-floor.ts';
import { OrderFlow } from './order-flow.ts';

describe('the crowd', () => {
  it.each(Object.entries(PRICE_STRUCTURES))(
    'quotes on the grid %s, where it is coarse and where it is fine',
    (_, ranges) => {
      const hub = new Hub();
      const publisher = new Publisher({ hub, tally: newTally() });
      const random = seededRandom(3);
      const accounts = new Accounts({ hub, fees: new FeeSchedule(), startBalance: 0, random });
      const offGrid: number[] = [];
      // In the middle, and on both sides of where the grid changes.
      for (const best of [5000, 8900, 9100, 9800]) {
        const market = new Market('T', 'id');
        market.listing.priceRanges = ranges;
        const side = (price: number) =>
          Array.from({ length: 10 }, (_, at) => [Math.max(100, price - 100 * at), 500] as const);
        market.book.replace({ yes: side(best), no: side(9900 - best) });
        market.followers.add({
          receiveDelta: (_, price, tail) => {
            const band = ranges.find(({ start, end }) => price >= start && price < end);
            const isOn = band !== undefined && (price - band.start) % band.step === 0;
            if (!isOn && !tail.includes('"delta_fp":"-')) offGrid.push(price);
          },
          receiveSnapshot: () => undefined,
          receiveDelisting: () => undefined,
        });
        const floor = new TradingFloor({ publisher, accounts, random });
        const flow = new OrderFlow({ venue: new Venue(market), floor, random });
        for (let orders = 0; orders < 2000; orders++) flow.placeNext('single', true, orders);
      }
      expect(offGrid).toEqual([]);
    },
  );
});
