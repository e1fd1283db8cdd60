// The wall clock is set at any moment, by an hour or by ten years: nothing that waits notices, and nothing is dropped for it.
import fc from '@trader/testkit/fast-check';
import { seededRandom } from '@trader/testkit';
import { expect, test } from 'vitest';
import type { ListedMarket, MarketRules } from './rules.ts';
import { initialMarketSet, type MarketSetFact, type MarketSetState, type MarketSetStep } from './state.ts';
import { step } from './set.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const TEN_YEARS = 10 * 365 * 24 * HOUR;
const NOW = 1_800_000_000_000;
const RULES: MarketRules = {
  series: [],
  events: [],
  status: ['open'],
  minVolume: 0,
  closesWithinMs: null,
  limit: 5,
  reconcileEveryMs: 10 * MINUTE,
  keepAfterCloseMs: MINUTE,
};

type World = {
  readonly state: MarketSetState;
  atMs: number;
  /** Wall clock minus monotonic clock. */
  offsetMs: number;
  readonly random: () => number;
  readonly take: (fact: MarketSetFact) => MarketSetStep;
};

function world(seed: number): World {
  const random = seededRandom(seed);
  const it: World = {
    state: initialMarketSet(RULES, 0),
    atMs: 0,
    offsetMs: NOW,
    random,
    take: (fact) => step(it.state, { ...fact, atMs: it.atMs, wallMs: it.atMs + it.offsetMs, random: random() }),
  };
  return it;
}

const jumps = fc.constantFrom(-TEN_YEARS, -HOUR, -1, 0, 0, 0, 1, HOUR, TEN_YEARS);
const tickers = fc.integer({ min: 0, max: 9 }).map((n) => `KXA-${n}-X`);
const statuses = fc.constantFrom('initialized', 'active', 'active', 'inactive', 'closed');
/** Without times of the exchange: whatever happens then is a matter of waits. */
const timeless = fc.record({
  ticker: tickers,
  eventTicker: fc.constant('KXA-1'),
  status: statuses,
  openAtMs: fc.constant(null),
  closeAtMs: fc.constant(null),
  volume: fc.nat(100),
});
const facts = (listed: fc.Arbitrary<ListedMarket>): fc.Arbitrary<MarketSetFact> =>
  fc.oneof(
    fc.record({
      type: fc.constant('listed' as const),
      markets: fc.array(listed, { maxLength: 12 }),
      refused: fc.constant([]),
      isWhole: fc.boolean(),
    }),
    fc.constant({ type: 'listing-failed' as const }),
    fc.record({
      type: fc.constant('looked-up' as const),
      asked: fc.array(tickers),
      markets: fc.array(listed),
      refused: fc.constant([]),
    }),
    fc.record({ type: fc.constant('look-up-failed' as const), asked: fc.array(tickers) }),
    fc.record({
      type: fc.constant('lifecycle' as const),
      market: tickers,
      change: fc.constantFrom('created', 'settled', 'determined', 'activated'),
      eventTicker: fc.constant(null),
      openAtMs: fc.constant(null),
      closeAtMs: fc.constant(null),
      refusal: fc.constant(null),
    }),
    fc.constant({ type: 'events-missed' as const, withinMs: 0 }),
    fc.constant({ type: 'time-passed' as const }),
  );
const moves = fc.record({ afterMs: fc.nat(5 * MINUTE), jumpMs: jumps, fact: facts(timeless) });

test('the same facts at the same monotonic moments lead to the same steps, however the wall clock is set', () => {
  fc.assert(
    fc.property(fc.array(moves, { maxLength: 60 }), fc.nat(), (given, seed) => {
      const [steady, jumping] = [world(seed), world(seed)];
      for (const { afterMs, jumpMs, fact } of given) {
        jumping.offsetMs += jumpMs;
        for (const each of [steady, jumping]) each.atMs += afterMs;
        expect(jumping.take(fact)).toEqual(steady.take(fact));
      }
    }),
  );
});

/** A market as the exchange has it: it closes at its time by the true clock, which nobody sets. */
const dated = fc.record({
  ticker: tickers,
  openInMs: fc.integer({ min: -HOUR, max: HOUR }),
  closeInMs: fc.integer({ min: HOUR, max: 8 * HOUR }),
});

test('with markets that open and close, every one that is open is recorded and no other, soon after the clock is right again', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(dated, { selector: ({ ticker }) => ticker, maxLength: 5 }),
      fc.array(fc.record({ afterMs: fc.nat(30 * MINUTE), jumpMs: jumps }), { maxLength: 15 }),
      fc.nat(),
      (exchange, jumped, seed) => {
        const it = world(seed);
        const trueMs = () => it.atMs + NOW;
        const answer = (): ListedMarket[] =>
          exchange.map(({ ticker, openInMs, closeInMs }) => ({
            ticker,
            eventTicker: 'KXA-1',
            status: trueMs() < NOW + openInMs ? 'initialized' : trueMs() < NOW + closeInMs ? 'active' : 'closed',
            openAtMs: NOW + openInMs,
            closeAtMs: NOW + closeInMs,
            volume: 1,
          }));
        const isOpen = (ticker: string) => answer().some((each) => each.ticker === ticker && each.status === 'active');
        let steps = 0;
        let listedAtMs = 0;
        let longestMs = 0;
        /** Whatever is due until then happens, and the exchange answers at once. */
        const until = (endMs: number): void => {
          for (let taken = it.take({ type: 'time-passed' }); ;) {
            if (++steps > 10_000) throw new Error('Time stands still.');
            // What is open by the true clock is never dropped.
            for (const { market } of taken.remove) expect(isOpen(market)).toBe(false);
            if (taken.list) {
              longestMs = Math.max(longestMs, it.atMs - listedAtMs);
              listedAtMs = it.atMs;
              const markets = answer().filter(({ status }) => status === 'active');
              taken = it.take({ type: 'listed', markets, refused: [], isWhole: true });
            } else if (taken.lookUp.length > 0) {
              const markets = answer().filter(({ ticker }) => taken.lookUp.includes(ticker));
              taken = it.take({ type: 'looked-up', asked: taken.lookUp, markets, refused: [] });
            } else if (taken.wakeAtMs <= endMs) {
              it.atMs = taken.wakeAtMs;
              taken = it.take({ type: 'time-passed' });
            } else break;
          }
          it.atMs = endMs;
        };
        for (const { ticker, openInMs } of exchange) {
          const event = { market: ticker, change: 'created', eventTicker: 'KXA-1', closeAtMs: null, refusal: null };
          it.take({ type: 'lifecycle', ...event, openAtMs: NOW + openInMs });
        }
        for (const { afterMs, jumpMs } of jumped) {
          it.offsetMs += jumpMs;
          until(it.atMs + afterMs);
        }
        it.offsetMs = NOW;
        until(it.atMs + 15 * MINUTE);
        expect(longestMs).toBeLessThanOrEqual(RULES.reconcileEveryMs * 1.1);
        const open = answer().filter(({ status }) => status === 'active');
        for (const { ticker } of open) expect([...it.state.members.keys()]).toContain(ticker);
        // One that closed lately may still be there for its last frames.
        for (const ticker of it.state.members.keys()) {
          const { closeInMs } = exchange.find((each) => each.ticker === ticker)!;
          expect(isOpen(ticker) || trueMs() - (NOW + closeInMs) < 15 * MINUTE).toBe(true);
        }
      },
    ),
    { numRuns: 300 },
  );
});
