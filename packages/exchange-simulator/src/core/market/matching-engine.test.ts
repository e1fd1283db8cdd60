import fc from '@trader/testkit/fast-check';
import { describe, expect, it } from 'vitest';
import type { Side } from './book.ts';
import { DOLLAR } from './fixed-point.ts';
import { type IncomingOrder, MatchingEngine, type RestingOrder } from './matching-engine.ts';

const bid = (side: Side, price: number, size: number, more: Partial<IncomingOrder> = {}): IncomingOrder => ({
  side,
  price,
  size,
  ...more,
});
const of = (keyId: string) => ({ account: { keyId, orderId: `order-of-${keyId}` } });

/** Every resting order, worst price first, oldest first. */
const restingOf = (engine: MatchingEngine): RestingOrder[] =>
  (['yes', 'no'] as const).flatMap((side) => engine.levels(side).flatMap(({ orders }) => orders));
const sizeOf = (orders: readonly { remaining: number }[]) => orders.reduce((sum, { remaining }) => sum + remaining, 0);

describe('an order for YES at p', () => {
  it('meets bids for NO at a dollar less p or more, best price first, then oldest first, at their price', () => {
    const engine = new MatchingEngine();
    const first = engine.place(bid('no', 6000, 100)).resting;
    const second = engine.place(bid('no', 6000, 50)).resting;
    const best = engine.place(bid('no', 6100, 30)).resting;
    const { fills, resting, canceled } = engine.place(bid('yes', 4000, 140));
    expect(fills.map(({ maker, size }) => [maker, size])).toEqual([
      [best, 30],
      [first, 100],
      [second, 10],
    ]);
    expect([resting, canceled]).toEqual([undefined, 0]);
    expect(engine.book()).toEqual({ yes: [], no: [[6000, 40]] });
  });

  it('does not meet a bid for NO a tick below that, and rests', () => {
    const engine = new MatchingEngine({ yes: [], no: [[5999, 100]] });
    expect(engine.place(bid('yes', 4000, 10))).toMatchObject({ fills: [], resting: { price: 4000, remaining: 10 } });
  });

  it('rests with what is left, unless it is for now only', () => {
    const engine = new MatchingEngine({ yes: [], no: [[6000, 100]] });
    expect(engine.place(bid('yes', 4000, 150)).resting?.remaining).toBe(50);
    expect(engine.book()).toEqual({ yes: [[4000, 50]], no: [] });
    expect(engine.place(bid('no', 6000, 70, { timeInForce: 'immediate_or_cancel' }))).toMatchObject({ canceled: 20 });
    expect(engine.book()).toEqual({ yes: [], no: [] });
  });

  it('trades as a whole or not at all when it says so', () => {
    const engine = new MatchingEngine({ yes: [], no: [[6000, 100]] });
    expect(engine.place(bid('yes', 4000, 101, { timeInForce: 'fill_or_kill' }))).toMatchObject({ canceled: 101 });
    expect(engine.book()).toEqual({ yes: [], no: [[6000, 100]] });
    expect(engine.place(bid('yes', 4000, 100, { timeInForce: 'fill_or_kill' }))).toMatchObject({ canceled: 0 });
  });

  it('never fills in part when it says so, whatever of its own account is in its way', () => {
    const anyOrder = fc.record({
      side: fc.constantFrom<Side>('yes', 'no'),
      price: fc.integer({ min: 40, max: 60 }).map((cents) => cents * 100),
      size: fc.integer({ min: 1, max: 300 }),
      selfTradePrevention: fc.constantFrom('taker_at_cross' as const, 'maker' as const),
      keyId: fc.constantFrom('a', 'b', undefined),
    });
    fc.assert(
      fc.property(fc.array(anyOrder, { maxLength: 12 }), anyOrder, (resting, { keyId = 'a', ...last }) => {
        const engine = new MatchingEngine();
        for (const { keyId: owner, ...order } of resting) {
          engine.place({ ...order, ...(owner !== undefined && of(owner)) });
        }
        const before = engine.book();
        const { fills, gaveWay, canceled } = engine.place({ ...last, ...of(keyId), timeInForce: 'fill_or_kill' });
        const filled = fills.reduce((sum, { size }) => sum + size, 0);
        expect([0, last.size]).toContain(filled);
        expect(filled + canceled).toBe(last.size);
        const left = filled === 0 ? [engine.book(), gaveWay] : [before, []];
        expect(left).toEqual([before, []]);
      }),
      { numRuns: 500 },
    );
  });

  it('is cancelled when it may only make and would take', () => {
    const engine = new MatchingEngine({ yes: [], no: [[6000, 100]] });
    expect(engine.place(bid('yes', 4000, 1, { postOnly: true })).reason).toBe('PostOnlyCrossCancel');
    expect(engine.place(bid('yes', 3999, 1, { postOnly: true })).resting).toBeDefined();
  });
});

describe('an account that would trade with itself', () => {
  it('loses the rest of the new order, after what others gave it', () => {
    const engine = new MatchingEngine();
    engine.place(bid('no', 6100, 5));
    engine.place(bid('no', 6000, 10, of('a')));
    const { fills, canceled, reason } = engine.place(bid('yes', 4000, 20, of('a')));
    expect([fills.length, canceled, reason]).toEqual([1, 15, 'SelfTradeCancel']);
    expect(engine.book().no).toEqual([[6000, 10]]);
  });

  it('loses the resting one when it asked for that', () => {
    const engine = new MatchingEngine();
    engine.place(bid('no', 6000, 10, of('a')));
    engine.place(bid('no', 6000, 7, of('b')));
    const order = bid('yes', 4000, 20, { ...of('a'), selfTradePrevention: 'maker' });
    const { fills, gaveWay, resting } = engine.place(order);
    expect([fills.map(({ size }) => size), gaveWay.map(({ size }) => size), resting?.remaining]).toEqual([
      [7],
      [10],
      13,
    ]);
  });
});

it('a reduced order keeps its place, and one that is gone gives nothing', () => {
  const engine = new MatchingEngine();
  const first = engine.place(bid('yes', 4000, 10)).resting as RestingOrder;
  engine.place(bid('yes', 4000, 10));
  expect(engine.reduce(first, 4)).toBe(4);
  expect(engine.place(bid('no', 6000, 6)).fills[0]?.maker).toBe(first);
  expect([engine.reduce(first), engine.book().yes]).toEqual([0, [[4000, 10]]]);
});

const step = fc.record({
  kind: fc.constantFrom('place', 'place', 'place', 'reduce'),
  side: fc.constantFrom<Side>('yes', 'no'),
  cents: fc.integer({ min: 1, max: 99 }),
  size: fc.integer({ min: 1, max: 500 }),
  timeInForce: fc.constantFrom<IncomingOrder['timeInForce'] & string>(
    'good_till_canceled',
    'immediate_or_cancel',
    'fill_or_kill',
  ),
  postOnly: fc.boolean(),
  account: fc.constantFrom(undefined, 'a', 'b'),
  prevention: fc.constantFrom<IncomingOrder['selfTradePrevention'] & string>('taker_at_cross', 'maker'),
});

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** What is wrong with the engine's book, in words. */
function faultsOf(engine: MatchingEngine): string[] {
  const faults = engine.best('yes') + engine.best('no') < DOLLAR ? [] : ['locked or crossed'];
  for (const side of ['yes', 'no'] as const) {
    for (const [index, level] of engine.levels(side).entries()) {
      if (level.price <= (engine.levels(side)[index - 1]?.price ?? 0)) faults.push(`${level.price} is out of order`);
      if (level.size !== sizeOf(level.orders)) faults.push(`${level.price} is not the sum of its orders`);
      if (level.orders.some(({ remaining }) => remaining <= 0)) faults.push(`an empty order at ${level.price}`);
      if (level.orders.length === 0) faults.push(`an empty level at ${level.price}`);
    }
  }
  return faults;
}

/** Does a step; the size that rests should have changed by exactly what the engine says that it did. */
function unaccounted(engine: MatchingEngine, { kind, side, cents, size, account, prevention, ...how }: Step): number {
  const before = sizeOf(restingOf(engine));
  if (kind === 'reduce') {
    const orders = restingOf(engine);
    const order = orders[cents % Math.max(1, orders.length)];
    const taken = order ? engine.reduce(order, size) : 0;
    return sizeOf(restingOf(engine)) - before + taken;
  }
  const price = cents * 100;
  const order = { ...how, side, price, size, selfTradePrevention: prevention, ...(account && of(account)) };
  const { fills, gaveWay, resting, canceled } = engine.place(order);
  if (fills.some(({ maker }) => maker.price < DOLLAR - price)) return NaN;
  const sum = (list: typeof fills) => list.reduce((total, fill) => total + fill.size, 0);
  const rests = resting?.remaining ?? 0;
  const ofResting = sizeOf(restingOf(engine)) - before + sum(fills) + sum(gaveWay) - rests;
  const ofIncoming = size - sum(fills) - rests - canceled;
  return Math.abs(ofResting) + Math.abs(ofIncoming);
}

describe('whatever comes', () => {
  it('no size is lost or made, and the book is never locked, crossed, empty at a level or out of order', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const engine = new MatchingEngine();
        for (const one of steps) {
          expect(unaccounted(engine, one)).toBe(0);
          expect(faultsOf(engine)).toEqual([]);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('a better price trades before a worse one, and of one price the older order before the younger', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 5000 }), (steps, size) => {
        const engine = new MatchingEngine();
        const age = new Map<RestingOrder, number>();
        for (const [index, { cents, size }] of steps.entries()) {
          const { resting } = engine.place(bid('no', cents * 100, size));
          if (resting) age.set(resting, index);
        }
        const rank = ({ maker }: { maker: RestingOrder }) => -maker.price * 1000 + (age.get(maker) as number);
        const ranks = engine.place(bid('yes', 9900, size)).fills.map(rank);
        expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
      }),
    );
  });
});
