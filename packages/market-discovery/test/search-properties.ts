// Whatever REST answers, and however late, doubled or lost the facts of markets' lives are: no market that is open is dropped,
// and when the answers are right again every one that is open is there, and none that is long closed.
import { ManualRuntime } from '@trader/testkit';
import fc from '@trader/testkit/fast-check';
import { describe, expect, test } from 'vitest';
import { createMarketDiscovery, type MarketDiscovery } from '../src/index.ts';
import { FaultyExchange, tickerOf, type Fault, type ScriptedMarket, type State } from './faulty-exchange.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const START = 1_800_000_000_000;
const FAULTY_FOR = 12 * MINUTE;
const RIGHT_FOR = 6 * MINUTE;
/** Retries, a listing, the questions that follow from it, and the time for which a closed one is kept. */
const SETTLED_WITHIN = 4 * MINUTE;
const STEP = 4 * SECOND;

const market: fc.Arbitrary<ScriptedMarket> = fc
  .record({
    openInMs: fc.integer({ min: -5 * MINUTE, max: 14 * MINUTE }),
    lastsMs: fc.integer({ min: 10 * SECOND, max: 40 * MINUTE }),
    pauseAfterMs: fc.nat(10 * MINUTE),
    pauseForMs: fc.constantFrom(0, 0, 30 * SECOND, 5 * MINUTE),
  })
  .map(({ openInMs, lastsMs, ...pause }) => ({
    openAtMs: START + openInMs,
    closeAtMs: START + openInMs + lastsMs,
    ...pause,
  }));

const fault = fc.constantFrom<(Fault | null)[]>(
  null,
  null,
  null,
  null,
  'cut',
  'down',
  'refused',
  'silent',
  'garbage',
  'no-list',
  'empty-page',
  'cursor-back',
  'lagging',
  'lagging',
  'unreadable',
);

/** Of each market: which of its facts come, and how late. `null` is lost. */
const delays = fc.array(fc.option(fc.nat(3 * MINUTE), { freq: 3 }), { minLength: 6, maxLength: 6 });

/** An answer of the script is there by then: it waits for nothing. */
const turn = async (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** Facts by the moment at which they come; each may come twice. */
function factsOf(markets: readonly ScriptedMarket[], delayOf: (index: number) => readonly (number | null)[]) {
  return markets
    .flatMap(({ openAtMs, closeAtMs }, index) => {
      const [created, activated, updated, determined, settled, twice] = delayOf(index);
      const at = (trueMs: number, delayMs: number | null = null, change: string) =>
        delayMs === null ? [] : [{ atMs: trueMs + delayMs, change, ticker: tickerOf(index), openAtMs, closeAtMs }];
      return [
        ...at(openAtMs - MINUTE, created, 'created'),
        ...at(openAtMs, activated, 'activated'),
        // An old one: by it the market closes before it does.
        ...at(openAtMs, updated, 'close_date_updated').map((fact) => ({ ...fact, closeAtMs: closeAtMs - MINUTE })),
        ...at(closeAtMs, determined, 'determined'),
        ...at(closeAtMs, settled, 'settled'),
        ...at(openAtMs - MINUTE, twice, 'created'),
      ];
    })
    .toSorted((a, b) => a.atMs - b.atMs);
}

function isLongOpen(
  { openAtMs, pauseAfterMs, pauseForMs }: ScriptedMarket,
  state: State | null,
  endMs: number,
): boolean {
  const pauseEndsAtMs = openAtMs + pauseAfterMs + pauseForMs;
  const openSinceMs = pauseForMs > 0 && pauseEndsAtMs <= endMs ? pauseEndsAtMs : openAtMs;
  return state === 'active' && openSinceMs <= endMs - SETTLED_WITHIN;
}

export function testProperties(numRuns: number): void {
  describe('a search over an exchange whose answers fail, lag and mislead', () => {
    test('drops none that is open, and in the end has all that are open and none that is long closed', async () => {
      let dropped = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.array(market, { minLength: 1, maxLength: 9 }),
          fc.array(fault, { minLength: 1, maxLength: 60 }),
          fc.array(delays, { minLength: 9, maxLength: 9 }),
          fc.integer(),
          async (markets, faults, late, seed) => {
            const runtime = new ManualRuntime({ startMs: START, seed });
            let requests = 0;
            let isRight = false;
            const exchange = new FaultyExchange(markets, runtime.nowMs, () =>
              isRight ? null : faults[requests++ % faults.length]!,
            );
            const search = createMarketDiscovery({
              restUrl: 'https://exchange.test/v2',
              fetch: exchange.fetch,
              runtime,
              pageSize: 2,
              keepAfterCloseMs: 30 * SECOND,
            });
            const { markets: held, wrong } = hold(search, (ticker) => exchange.stateOf(ticker) === 'closed');
            const facts = factsOf(markets, (index) => late[index]!);
            const endMs = START + FAULTY_FOR + RIGHT_FOR;
            search.start();
            while (runtime.nowMs() < endMs) {
              isRight = runtime.nowMs() >= START + FAULTY_FOR;
              while (facts[0] && facts[0].atMs <= runtime.nowMs()) {
                const { ticker, atMs: _, ...fact } = facts.shift()!;
                search.acceptLifecycle({ market: ticker, eventTicker: 'KXA-1', ...fact });
              }
              if (seed % 7 === 0) search.acceptMissedFacts(10 * SECOND);
              await turn();
              runtime.advance(STEP);
            }
            await turn();
            expect(wrong).toEqual([]);
            expect([...held].toSorted()).toEqual([...search.markets()].toSorted());
            const lacking = markets.flatMap((one, index) =>
              isLongOpen(one, exchange.stateOf(tickerOf(index)), endMs) && !held.has(tickerOf(index))
                ? [tickerOf(index)]
                : [],
            );
            const longClosed = markets.flatMap(({ closeAtMs }, index) =>
              closeAtMs <= endMs - SETTLED_WITHIN && held.has(tickerOf(index)) ? [tickerOf(index)] : [],
            );
            expect({ lacking, longClosed }).toEqual({ lacking: [], longClosed: [] });
            dropped += search.status().removed;
            await search.close();
            expect(runtime.armedTimers).toBe(0);
          },
        ),
        { numRuns },
      );
      // One that nobody ever drops would pass the rest.
      expect(dropped).toBeGreaterThan(0);
    });
  });
}

type Held = { readonly markets: Set<string>; readonly wrong: string[] };

/** What somebody has who does what is told, and what of it was wrong: a failed expectation of a listener would stay there. */
function hold(search: MarketDiscovery, isClosed: (ticker: string) => boolean): Held {
  const markets = new Set<string>();
  const wrong: string[] = [];
  search.on('change', ({ added, removed }) => {
    for (const { market: ticker, reason } of removed) {
      if (!markets.delete(ticker)) wrong.push(`${ticker} is removed, and was not there`);
      if (!isClosed(ticker)) wrong.push(`${ticker} is removed (${reason}), and is not closed`);
    }
    for (const { market: ticker } of added) {
      if (markets.has(ticker)) wrong.push(`${ticker} is added twice`);
      markets.add(ticker);
    }
  });
  return { markets, wrong };
}
