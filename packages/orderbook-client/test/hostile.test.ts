// Whatever the exchange, or somebody in between, sends: nothing is thrown out of the client, no book that says it is
// synced is wrong, and every frame is counted under a name.
import fc from '@trader/testkit/fast-check';
import { describe, expect, test } from 'vitest';
import { A, B, delta, snapshot, syncedConversation } from './scripted-exchange.ts';

const good = JSON.stringify(delta(3, A, '0.4000', '1.00'));

describe('a frame that is', () => {
  test.each([
    ['cut off', good.slice(0, 60)],
    ['empty', ''],
    ['a number', '7'],
    ['null', 'null'],
    ['a list', '[]'],
    ['nested a thousand deep', `${'['.repeat(1000)}${']'.repeat(1000)}`],
    ['a megabyte of nothing', ' '.repeat(1_000_000)],
    ['full of prototype keys', '{"__proto__":{"type":"orderbook_delta"},"constructor":{"prototype":{}}}'],
    ['of a numeric type', '{"type":7}'],
    ['of a type from the prototype', '{"type":"constructor"}'],
    ['a delta without msg', '{"type":"orderbook_delta","sid":1,"seq":3}'],
    ['a delta with a huge number', good.replace('"1.00"', '"99999999999999999999.00"')],
    ['a delta with an exponent', good.replace('"1.00"', '"1e3"')],
    ['a delta with a negative price', good.replace('"0.4000"', '"-0.4000"')],
    ['a delta with seq as text', good.replace('"seq":3', '"seq":"3"')],
    ['a delta with a fractional seq', good.replace('"seq":3', '"seq":3.5')],
    ['a delta with seq beyond 2^53', good.replace('"seq":3', '"seq":9007199254740993')],
    ['a delta of a market called __proto__', good.replace(A, '__proto__')],
    [
      'a snapshot with a list for a level',
      '{"type":"orderbook_snapshot","sid":1,"seq":3,"msg":{"market_ticker":"X","yes_dollars_fp":[[[],[]]]}}',
    ],
    ['with invalid UTF-8 replaced', good.replace('yes', '�')],
    ['of a sid that is not ours', good.replace('"sid":1', '"sid":9')],
    ['an error without a code', '{"type":"error","msg":{}}'],
    ['a second "subscribed"', '{"type":"subscribed","id":1,"msg":{"channel":"orderbook_delta","sid":5}}'],
  ])('%s throws nothing, corrupts no book and is counted', async (_name, text) => {
    const { client, socket } = await syncedConversation();
    const before = client.status().counters;
    socket.send(text);
    const { counters } = client.status();
    expect(counters.frames).toBe(before.frames + 1);
    expect(counters.violations + counters.unrecognized + counters.foreign).toBeGreaterThan(0);
    for (const market of [A, B]) {
      const book = client.book(market)!;
      const right = market === A ? [[4000, 1000]] : [];
      expect(!book.synced || JSON.stringify(book.levels('yes')) === JSON.stringify(right)).toBe(true);
    }
    expect(({} as Record<string, unknown>)['type']).toBeUndefined();
  });
});

type Step =
  | { readonly kind: 'delta' | 'duplicate'; readonly market: string; readonly price: number; readonly change: number }
  | { readonly kind: 'snapshot'; readonly market: string; readonly size: number }
  | { readonly kind: 'skip' | 'noise' | 'broken' };

const market = fc.constantFrom(A, B);
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant('delta' as const),
      market,
      price: fc.integer({ min: 1, max: 40 }),
      change: fc.integer({ min: -3, max: 5 }),
    }),
    fc.record({
      kind: fc.constant('duplicate' as const),
      market,
      price: fc.integer({ min: 1, max: 40 }),
      change: fc.integer({ min: 1, max: 5 }),
    }),
    fc.record({ kind: fc.constant('snapshot' as const), market, size: fc.integer({ min: 1, max: 9 }) }),
    fc.record({ kind: fc.constantFrom('skip' as const, 'noise' as const, 'broken' as const) }),
  ),
  { maxLength: 60 },
);

test('no order of snapshots, deltas, duplicates, gaps and broken frames makes a book synced that is not right', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (script) => {
      const { client, socket } = await syncedConversation();
      // A second opinion, kept from the definition: right is what a snapshot and every later delta of its sid give.
      const truth = new Map<string, Map<number, number> | null>([
        [A, new Map([[40, 1000]])],
        [B, new Map()],
      ]);
      let seq = 2;
      let received = 2;
      /** What a numbered frame does to the truth, if it does anything: false for a duplicate. */
      const counts = (number: number): boolean => {
        if (number <= received) return false;
        if (number > received + 1) for (const name of truth.keys()) truth.set(name, null);
        received = number;
        return true;
      };
      const change = ({ market, price, change }: Extract<Step, { change: number }>): void => {
        socket.send(delta(seq, market, `0.${pad(price)}00`, `${change}.00`));
        if (!counts(seq)) return;
        const book = truth.get(market);
        const size = (book?.get(price) ?? 0) + change * 100;
        if (size < 0) truth.set(market, null);
        else if (size === 0) book?.delete(price);
        else book?.set(price, size);
      };
      for (const step of script) {
        // A duplicate repeats the last number; after a skipped one that is the frame itself, come late but in order.
        if (step.kind === 'duplicate') change(step);
        if (step.kind === 'noise') socket.send('{"type":"heartbeat"}', 'not JSON');
        if (step.kind === 'duplicate' || step.kind === 'noise') continue;
        seq++;
        if (step.kind === 'delta') change(step);
        if (step.kind === 'snapshot') {
          socket.send(snapshot(seq, step.market, [['0.2000', `${step.size}.00`]]));
          if (counts(seq)) truth.set(step.market, new Map([[20, step.size * 100]]));
        }
        if (step.kind === 'broken') {
          socket.send(`{"type":"orderbook_delta","sid":1,"seq":${seq},"msg":{}}`);
          if (counts(seq)) for (const name of truth.keys()) truth.set(name, null);
        }
      }
      for (const [name, expected] of truth) {
        const book = client.book(name)!;
        if (!book.synced) continue;
        expect(expected, name).not.toBeNull();
        expect(book.levels('yes')).toEqual(
          [...expected!].toSorted(([a], [b]) => a - b).map(([price, size]) => [price * 100, size]),
        );
      }
      await client.close();
    }),
    { numRuns: 300 },
  );
});

const pad = (price: number): string => String(price).padStart(2, '0');
