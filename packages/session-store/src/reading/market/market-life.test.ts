import { describe, expect, test } from 'vitest';
import { lifecycle, market } from '../../../test/made-facts.ts';
import type { LifecycleRecord, MarketRecord } from '../../records.ts';
import { marketLife } from './market-life.ts';

const open = { openAtMs: 100, closeAtMs: 500 };
const described = (receivedAtMs: number, over: Partial<MarketRecord>) => market('M', { receivedAtMs, ...over });
const announced = (receivedAtMs: number, over: Partial<LifecycleRecord>) =>
  lifecycle(receivedAtMs, { receivedAtMs, market: 'M', ...over });

/** The status at each of these times, of what had come by then. */
const statuses = (times: readonly number[], facts: readonly (MarketRecord | LifecycleRecord)[]) =>
  times.map((atMs) => {
    const known = facts.filter(({ receivedAtMs }) => receivedAtMs <= atMs);
    const isMarket = (fact: (typeof facts)[number]): fact is MarketRecord => fact.kind === 'market';
    const isLifecycle = (fact: (typeof facts)[number]): fact is LifecycleRecord => fact.kind === 'lifecycle';
    return marketLife('M', atMs, known.findLast(isMarket) ?? null, known.filter(isLifecycle))?.status;
  });

describe('the status', () => {
  test('opens and closes at its times, of which no message tells', () => {
    const facts = [described(50, { ...open, status: 'unopened' })];
    expect(statuses([49, 50, 99, 100, 499, 500], facts)).toEqual([
      undefined,
      'unopened',
      'unopened',
      'open',
      'open',
      'closed',
    ]);
  });

  test('pauses and goes on, which does not open what is not open', () => {
    const facts = [
      described(50, { ...open, status: 'unopened' }),
      announced(60, { change: 'deactivated', paused: true }),
      announced(150, { change: 'activated', paused: false }),
      announced(200, { change: 'deactivated', paused: true }),
    ];
    expect(statuses([70, 120, 160, 210, 600], facts)).toEqual(['unopened', 'paused', 'open', 'paused', 'closed']);
    expect(statuses([100], [described(90, { status: 'paused' })])).toEqual(['paused']);
    // What was announced before a description is in it.
    expect(statuses([230], [...facts, described(220, { ...open, status: 'open' })])).toEqual(['open']);
  });

  test('closes when it is moved, earlier or later', () => {
    const facts = [
      described(50, { ...open, status: 'unopened' }),
      announced(200, { change: 'close_date_updated', closeAtMs: 300 }),
    ];
    expect(statuses([199, 299, 300], facts)).toEqual(['open', 'open', 'closed']);
    const later = [...facts, announced(310, { change: 'close_date_updated', closeAtMs: 900 })];
    expect(statuses([350, 900], later)).toEqual(['open', 'closed']);
  });

  test('is the described one where its times lie behind the description: a market may close late', () => {
    expect(statuses([600], [described(550, { ...open, status: 'open' })])).toEqual(['open']);
    expect(statuses([600], [described(550, { ...open, status: 'closed' })])).toEqual(['closed']);
    // Without a word the times are all that there is.
    expect(statuses([600, 700], [described(550, { ...open, closeAtMs: 650 })])).toEqual(['open', 'closed']);
  });

  test('is determined and settled once that is announced, and stays so whatever is described later', () => {
    const facts = [
      described(50, { ...open, status: 'open' }),
      announced(300, { change: 'determined', result: 'yes', determinedAtMs: 290, settlementValue: 10_000 }),
      announced(400, { change: 'settled', settledAtMs: 390 }),
      described(450, { ...open, status: 'closed' }),
    ];
    expect(statuses([299, 300, 400, 450], facts)).toEqual(['open', 'determined', 'settled', 'settled']);
    const [last, lifecycles] = [facts[3] as MarketRecord, facts.slice(1, 3) as LifecycleRecord[]];
    expect(marketLife('M', 460, last, lifecycles)).toMatchObject({
      definition: { result: 'yes', settlementValue: 10_000, settledAtMs: 390 },
      determinedAtMs: 290,
      describedAtMs: 450,
      heardAtMs: 450,
    });
  });

  test('is that of a description where the end was not announced', () => {
    expect(statuses([60], [described(50, { status: 'settled', result: 'no' })])).toEqual(['settled']);
    expect(statuses([60], [described(50, { status: 'closed', result: 'no' })])).toEqual(['determined']);
  });

  test('is not known of what only has a name, and follows from what is announced alone', () => {
    expect(statuses([60], [described(50, { title: 'x' })])).toEqual([null]);
    expect(statuses([60, 100], [announced(50, { change: 'created', ...open })])).toEqual(['unopened', 'open']);
    expect(statuses([60], [announced(50, { change: 'deactivated', paused: true })])).toEqual(['paused']);
  });
});

test('the definition is that of the description, but for what was announced since', () => {
  const cents = [{ start: 0, end: 10_000, step: 100 }];
  const fine = [{ start: 0, end: 10_000, step: 10 }];
  const facts = [
    announced(10, { change: 'created', title: 'old', name: 'x', priceRanges: fine }),
    announced(60, { change: 'price_level_structure_updated', priceLevelStructure: 'fine', priceRanges: fine }),
  ];
  const first = described(50, { title: 'A title', floorStrike: 0.5, priceLevelStructure: 'cents', priceRanges: cents });
  expect(marketLife('M', 55, first, facts.slice(0, 1))).toMatchObject({
    definition: { title: 'A title', priceRanges: cents, priceLevelStructure: 'cents', capStrike: null },
    heardAtMs: 50,
  });
  expect(marketLife('M', 70, first, facts)).toMatchObject({
    definition: { title: 'A title', floorStrike: 0.5, priceRanges: fine, priceLevelStructure: 'fine' },
    describedAtMs: 50,
    heardAtMs: 60,
  });
  expect(marketLife('M', 70, null, facts)).toMatchObject({ definition: { title: 'old' }, describedAtMs: null });
  expect(marketLife('M', 70, null, [])).toBeNull();
});
