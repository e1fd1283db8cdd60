import { seededRandom } from '@trader/testkit';
import fc from '@trader/testkit/fast-check';
import { describe, expect, test } from 'vitest';
import type { ListedMarket, MarketRules } from './rules.ts';
import { initialMarketSet, type MarketSetFact, type MarketSetStep } from './state.ts';
import { step } from './set.ts';

const MINUTE = 60_000;
const RULES: MarketRules = {
  series: ['KXA'],
  events: [],
  status: ['open'],
  minVolume: 0,
  closesWithinMs: null,
  limit: 1_000,
  reconcileEveryMs: 10 * MINUTE,
  keepAfterCloseMs: MINUTE,
};

const market = (ticker: string, fields: Partial<ListedMarket> = {}): ListedMarket => ({
  ticker,
  eventTicker: ticker.slice(0, ticker.lastIndexOf('-')),
  status: 'active',
  openAtMs: 0,
  closeAtMs: 60 * MINUTE,
  volume: 0,
  ...fields,
});

/** What is most often so. */
type Fact = MarketSetFact extends infer One
  ? One extends MarketSetFact
    ? Omit<One, 'refused' | 'isWhole' | 'refusal' | 'withinMs'> & Partial<One>
    : never
  : never;
const USUAL = { refused: [], isWhole: true, refusal: null, withinMs: 0 };
const factOf = (fact: Fact): MarketSetFact => ({ ...USUAL, ...fact });

/** A set whose time the test moves, and that remembers what its client would hold. */
function marketSet(rules: Partial<MarketRules> = {}) {
  const state = initialMarketSet({ ...RULES, ...rules }, 0);
  const wanted = new Set<string>();
  let atMs = 0;
  const take = (fact: Fact, random = 0.5): MarketSetStep => {
    const result = step(state, { ...factOf(fact), atMs, wallMs: atMs, random });
    for (const { market } of result.remove) wanted.delete(market);
    for (const { market } of result.add) wanted.add(market);
    return result;
  };
  return {
    state,
    wanted: () => [...wanted].toSorted(),
    take,
    /** Time goes to the given moment, and whatever is due happens. */
    at: (toMs: number) => {
      atMs = toMs;
      return take({ type: 'time-passed' });
    },
    listed: (...markets: ListedMarket[]) => {
      take({ type: 'time-passed' });
      return take({ type: 'listed', markets });
    },
    event: (ticker: string, change: string, fields: { openAtMs?: number; closeAtMs?: number } = {}) =>
      take({
        type: 'lifecycle',
        market: ticker,
        change,
        eventTicker: change === 'created' ? ticker.slice(0, ticker.lastIndexOf('-')) : null,
        openAtMs: fields.openAtMs ?? null,
        closeAtMs: fields.closeAtMs ?? null,
      }),
    answered: (asked: readonly string[], ...markets: ListedMarket[]) => take({ type: 'looked-up', asked, markets }),
  };
}

describe('a listing', () => {
  test('is asked for at once, once, and again after the interval', () => {
    const set = marketSet();
    expect(set.at(0).list).toBe(true);
    expect(set.at(1).list).toBe(false);
    const { wakeAtMs } = set.take({ type: 'listed', markets: [] });
    expect(wakeAtMs).toBe(1 + 10 * MINUTE);
    expect(set.at(wakeAtMs).list).toBe(true);
  });

  test('adds what fits the filters, and nothing else', () => {
    const set = marketSet({ minVolume: 10, closesWithinMs: 90 * MINUTE });
    set.listed(
      market('KXA-1-X', { volume: 1_000 }),
      market('KXA-2-X', { volume: 999 }),
      market('KXA-3-X', { volume: 1_000, closeAtMs: 91 * MINUTE }),
      market('KXA-4-X', { volume: 1_000, closeAtMs: null }),
      market('KXA-5-X', { volume: 1_000, status: 'inactive' }),
      market('KXA-6-X', { volume: 1_000, status: 'a-new-word' }),
      market('KXAB-1-X', { volume: 1_000 }),
    );
    expect(set.wanted()).toEqual(['KXA-1-X']);
  });

  test('without series and events takes the whole exchange', () => {
    const set = marketSet({ series: [] });
    set.listed(market('KXA-1-X'), market('KXB-1-X'));
    expect(set.wanted()).toEqual(['KXA-1-X', 'KXB-1-X']);
  });

  test('takes those with the most volume up to the limit, and counts the others', () => {
    const set = marketSet({ limit: 2 });
    set.listed(...[3, 9, 5, 1].map((volume) => market(`KXA-1-${volume}`, { volume })));
    expect(set.wanted()).toEqual(['KXA-1-5', 'KXA-1-9']);
    expect(set.state.counters.overLimit).toBe(2);
  });

  test('does not let near ranks flap under the limit, but a far larger market takes the place of the smallest', () => {
    const set = marketSet({ limit: 2 });
    set.listed(market('KXA-1-A', { volume: 10 }), market('KXA-1-B', { volume: 20 }));
    const both = [market('KXA-1-A', { volume: 10 }), market('KXA-1-B', { volume: 20 })];
    expect(set.listed(...both, market('KXA-1-C', { volume: 20 })).add).toEqual([]);
    const { add, remove } = set.listed(...both, market('KXA-1-C', { volume: 21 }));
    expect(add).toMatchObject([{ market: 'KXA-1-C' }]);
    expect(remove).toEqual([{ market: 'KXA-1-A', reason: 'outranked by volume by KXA-1-C' }]);
  });

  test('that fails drops nothing and is asked for again, ever more slowly, for ever', () => {
    const set = marketSet();
    set.listed(market('KXA-1-X', { closeAtMs: null }));
    let atMs = 20 * MINUTE;
    const delays: number[] = [];
    for (let i = 0; i < 12; i++) {
      expect(set.at(atMs).list).toBe(true);
      const { wakeAtMs, remove } = set.take({ type: 'listing-failed' });
      expect(remove).toEqual([]);
      delays.push(wakeAtMs - atMs);
      atMs = wakeAtMs;
    }
    expect(delays.slice(0, 4)).toEqual([750, 1_500, 3_000, 6_000]);
    expect(delays.slice(-3)).toEqual([45_000, 45_000, 45_000]);
    expect(set.wanted()).toEqual(['KXA-1-X']);
  });

  test('with nothing in it is a state, and the next market ends it', () => {
    const set = marketSet();
    expect(set.state.roll).toBe('unknown');
    expect(set.listed().roll).toBe('empty');
    expect(set.listed().roll).toBeNull();
    expect(set.listed(market('KXA-1-X')).roll).toBe('open');
  });

  test('is made again at once when events were missed, also while one was under way', () => {
    const set = marketSet();
    set.listed();
    set.at(1_000);
    expect(set.take({ type: 'events-missed' }).list).toBe(true);
    expect(set.take({ type: 'events-missed' }).list).toBe(false);
    expect(set.take({ type: 'listed', markets: [] }).list).toBe(true);
  });
});

describe('a market that a listing lacks', () => {
  const missing = () => {
    const set = marketSet();
    set.listed(market('KXA-1-X'));
    set.at(MINUTE);
    const { lookUp, remove } = set.take({ type: 'listed', markets: [] });
    expect({ lookUp, remove }).toEqual({ lookUp: ['KXA-1-X'], remove: [] });
    return set;
  };

  test('stays when it is only paused', () => {
    const set = missing();
    set.answered(['KXA-1-X'], market('KXA-1-X', { status: 'inactive' }));
    set.at(5 * MINUTE);
    expect(set.wanted()).toEqual(['KXA-1-X']);
  });

  test.each(['closed', 'determined', 'finalized'])(
    'that is %s is removed after the grace, with the reason',
    (status) => {
      const set = missing();
      const { remove, roll, wakeAtMs } = set.answered(['KXA-1-X'], market('KXA-1-X', { status }));
      expect({ remove, roll, wakeAtMs }).toEqual({ remove: [], roll: 'empty', wakeAtMs: 2 * MINUTE });
      expect(set.at(2 * MINUTE - 1).remove).toEqual([]);
      expect(set.at(2 * MINUTE).remove).toEqual([{ market: 'KXA-1-X', reason: `it is ${status}` }]);
    },
  );

  test('stays while the look-ups fail', () => {
    const set = missing();
    let atMs = MINUTE;
    for (let i = 0; i < 10; i++) {
      const { wakeAtMs } = set.take({ type: 'look-up-failed', asked: ['KXA-1-X'] });
      atMs = wakeAtMs;
      expect(set.at(atMs).lookUp).toEqual(['KXA-1-X']);
    }
    expect(set.wanted()).toEqual(['KXA-1-X']);
    expect(set.state.counters.lookUpFailures).toBe(10);
  });

  test('is let go when the exchange says three times that there is none such', () => {
    const set = missing();
    for (let i = 0; i < 2; i++) expect(set.at(set.answered(['KXA-1-X']).wakeAtMs).lookUp).toEqual(['KXA-1-X']);
    const { wakeAtMs } = set.answered(['KXA-1-X']);
    expect(set.at(wakeAtMs).remove).toEqual([{ market: 'KXA-1-X', reason: 'the exchange knows it no longer' }]);
  });
});

describe('an announced market', () => {
  test('is looked up when it opens, since opening sends no event, and added', () => {
    const set = marketSet();
    set.listed();
    expect(set.event('KXA-2-X', 'created', { openAtMs: 30_000 }).lookUp).toEqual([]);
    expect(set.at(30_000).lookUp).toEqual(['KXA-2-X']);
    expect(set.answered(['KXA-2-X'], market('KXA-2-X')).add).toEqual([{ market: 'KXA-2-X', reason: 'announced' }]);
  });

  test('that is still shut at its time is asked about again', () => {
    const set = marketSet();
    set.listed();
    set.event('KXA-2-X', 'created', { openAtMs: 0 });
    const { wakeAtMs, add } = set.answered(['KXA-2-X'], market('KXA-2-X', { status: 'initialized' }));
    expect(add).toEqual([]);
    expect(set.at(wakeAtMs).lookUp).toEqual(['KXA-2-X']);
  });

  test('that REST does not know yet is asked about again', () => {
    const set = marketSet();
    set.listed();
    set.event('KXA-2-X', 'created', { openAtMs: 0 });
    expect(set.at(set.answered(['KXA-2-X']).wakeAtMs).lookUp).toEqual(['KXA-2-X']);
    expect(set.answered(['KXA-2-X'], market('KXA-2-X')).add).toHaveLength(1);
  });

  test('that REST never knows is left to the listings, and counted', () => {
    const set = marketSet({ reconcileEveryMs: 10_000 * MINUTE });
    set.listed();
    set.event('KXA-2-X', 'created');
    for (let i = 0; i < 9; i++) set.at(set.answered(['KXA-2-X']).wakeAtMs);
    set.answered(['KXA-2-X']);
    expect(set.state.questions.size).toBe(0);
    expect(set.state.counters.neverFound).toBe(1);
  });

  test('of another series is nobody’s business', () => {
    const set = marketSet();
    const { wakeAtMs } = set.listed();
    expect(set.event('KXB-2-X', 'created').wakeAtMs).toBe(wakeAtMs);
    expect(set.state.questions.size).toBe(0);
  });

  test('is looked up together with all that were announced in the same moment', () => {
    const set = marketSet();
    set.listed();
    const tickers = Array.from({ length: 500 }, (_, index) => `KXA-2-${index}`);
    for (const ticker of tickers) expect(set.event(ticker, 'created')).toMatchObject({ lookUp: [], wakeAtMs: 0 });
    expect(set.at(0).lookUp).toEqual(tickers);
  });

  test('finds no room under the limit', () => {
    const set = marketSet({ limit: 1 });
    set.listed(market('KXA-1-X'));
    set.event('KXA-2-X', 'created');
    expect(set.answered(['KXA-2-X'], market('KXA-2-X')).add).toEqual([]);
  });

  test('takes the room of one that is closing', () => {
    const set = marketSet({ limit: 1 });
    set.listed(market('KXA-1-X'));
    set.event('KXA-1-X', 'determined');
    set.event('KXA-2-X', 'created');
    set.answered(['KXA-2-X'], market('KXA-2-X'));
    expect(set.wanted()).toEqual(['KXA-1-X', 'KXA-2-X']);
  });
});

test('keeps the limit when a market that was leaving turns out to be open after all', () => {
  const set = marketSet({ limit: 1 });
  set.listed(market('KXA-1-X', { volume: 5 }));
  set.event('KXA-1-X', 'determined');
  set.event('KXA-2-X', 'created');
  set.answered(['KXA-2-X'], market('KXA-2-X'));
  const { remove } = set.listed(market('KXA-1-X', { volume: 5 }), market('KXA-2-X'));
  expect(remove).toEqual([{ market: 'KXA-2-X', reason: 'least traded above the limit' }]);
});

describe('a market whose time is over', () => {
  test('is asked about, again while it is open still, and leaves when it is closed', () => {
    const set = marketSet();
    const closing = { closeAtMs: MINUTE };
    expect(set.listed(market('KXA-1-X', closing)).wakeAtMs).toBe(MINUTE);
    expect(set.at(MINUTE).lookUp).toEqual(['KXA-1-X']);
    const { wakeAtMs } = set.answered(['KXA-1-X'], market('KXA-1-X', closing));
    expect(wakeAtMs).toBeGreaterThan(MINUTE);
    expect(set.at(wakeAtMs).lookUp).toEqual(['KXA-1-X']);
    set.answered(['KXA-1-X'], market('KXA-1-X', { ...closing, status: 'closed' }));
    expect(set.at(wakeAtMs + MINUTE).remove).toHaveLength(1);
  });

  test('stays when it was extended', () => {
    const set = marketSet();
    set.listed(market('KXA-1-X', { closeAtMs: MINUTE }));
    set.event('KXA-1-X', 'close_date_updated', { closeAtMs: 5 * MINUTE });
    expect(set.at(MINUTE).lookUp).toEqual([]);
    expect(set.at(5 * MINUTE).lookUp).toEqual(['KXA-1-X']);
  });

  test('leaves by its event without a question', () => {
    const set = marketSet();
    set.listed(market('KXA-1-X'));
    expect(set.event('KXA-1-X', 'settled').lookUp).toEqual([]);
    expect(set.at(MINUTE).remove).toEqual([{ market: 'KXA-1-X', reason: 'it was settled' }]);
  });

  test('does not leave by a pause', () => {
    const set = marketSet();
    set.listed(market('KXA-1-X'));
    set.event('KXA-1-X', 'deactivated');
    set.at(30 * MINUTE);
    expect(set.wanted()).toEqual(['KXA-1-X']);
  });
});

describe('whatever comes in whatever order', () => {
  const ticker = fc.integer({ min: 0, max: 9 }).map((n) => `KXA-${n}-X`);
  const listed = fc.record({
    ticker,
    status: fc.constantFrom('initialized', 'active', 'inactive', 'closed', 'finalized'),
    closeAtMs: fc.option(fc.integer({ min: 0, max: 20 * MINUTE })),
    volume: fc.nat(100),
  });
  const fact = fc.oneof(
    fc.record({ type: fc.constant('answer' as const), markets: fc.array(listed) }),
    fc.constant({ type: 'fail' as const }),
    fc.record({
      type: fc.constant('event' as const),
      ticker,
      change: fc.constantFrom('created', 'settled', 'determined', 'activated', 'deactivated', 'close_date_updated'),
      closeAtMs: fc.integer({ min: 0, max: 20 * MINUTE }),
    }),
    fc.record({ type: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 5 * MINUTE }) }),
  );

  test('adds no member twice, removes members only, keeps the limit, asks one question at a time, and never sleeps for ever', () => {
    fc.assert(
      fc.property(fc.array(fact, { maxLength: 60 }), fc.nat(), (facts, seed) => {
        const random = seededRandom(seed);
        const state = initialMarketSet({ ...RULES, limit: 4 }, 0);
        const wanted = new Set<string>();
        let atMs = 0;
        let listing = false;
        const asked: string[] = [];
        const take = (given: Fact) => {
          const { add, remove, list, lookUp, wakeAtMs } = step(state, {
            ...factOf(given),
            atMs,
            wallMs: atMs,
            random: random(),
          });
          for (const { market: gone } of remove) expect(wanted.delete(gone)).toBe(true);
          for (const { market: come } of add) {
            expect(wanted.has(come)).toBe(false);
            wanted.add(come);
          }
          expect([...state.members.keys()].toSorted()).toEqual([...wanted].toSorted());
          const staying = [...state.members.values()].filter(({ leaveAtMs }) => leaveAtMs === null);
          expect(staying.length).toBeLessThanOrEqual(4);
          expect(list && listing).toBe(false);
          listing ||= list;
          asked.push(...lookUp);
          // Either something is on its way, or there is a time to come back.
          expect(listing || wakeAtMs < Infinity).toBe(true);
          // Never at once again, which would be for ever; but for an event, whose consequences come together.
          expect(wakeAtMs).toBeGreaterThan(given.type === 'lifecycle' ? atMs - 1 : atMs);
        };
        take({ type: 'time-passed' });
        for (const one of facts) {
          switch (one.type) {
            case 'wait':
              atMs += one.ms;
              take({ type: 'time-passed' });
              break;
            case 'event': {
              const { ticker: name, change, closeAtMs } = one;
              take({ type: 'lifecycle', market: name, change, eventTicker: null, openAtMs: null, closeAtMs });
              break;
            }
            case 'fail':
              if (asked.length > 0) take({ type: 'look-up-failed', asked: asked.splice(0) });
              else if (listing) {
                listing = false;
                take({ type: 'listing-failed' });
              }
              break;
            case 'answer': {
              const markets = one.markets.map(({ ticker: name, ...fields }) => market(name, fields));
              if (asked.length > 0) {
                take({ type: 'looked-up', asked: asked.splice(0), markets });
              } else if (listing) {
                listing = false;
                take({ type: 'listed', markets: markets.filter(({ status }) => status === 'active') });
              }
            }
          }
        }
      }),
    );
  });
});
