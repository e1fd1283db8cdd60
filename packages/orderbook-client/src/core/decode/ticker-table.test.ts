import fc from '@trader/testkit/fast-check';
import { describe, expect, test } from 'vitest';
import { TickerTable } from './ticker-table.ts';

/** What the bytes of a frame lead to: the value, or `undefined`. The ticker ends with a quote; more text follows. */
function found<T>(table: TickerTable<T>, text: string, before = 3): T | undefined {
  const bytes = new Uint8Array(before + text.length + 80).fill(0x41);
  bytes.set(new TextEncoder().encode(`${text}","market_id":"`), before);
  const entry = table.find(new DataView(bytes.buffer), before);
  if (entry < 0) return undefined;
  expect(table.lengthOf(entry)).toBe(text.length);
  return table.valueOf(entry);
}

const tableOf = (...tickers: string[]): TickerTable<string> => {
  const table = new TickerTable<string>();
  for (const ticker of tickers) table.set(ticker, ticker);
  return table;
};

const numbered = (i: number): string => `KXHIGHNY-26AUG${i}-T${i % 97}.5`;

describe('TickerTable', () => {
  test('has nothing at first', () => {
    const table = tableOf();
    expect([table.size, table.get('KXA'), found(table, 'KXA'), table.delete('KXA')]).toEqual([
      0,
      undefined,
      undefined,
      false,
    ]);
  });

  test('gives a ticker another value', () => {
    const table = tableOf('KXA', 'KXB');
    table.set('KXA', 'another');
    expect([table.size, table.get('KXA'), found(table, 'KXA'), table.get('KXB')]).toEqual([
      2,
      'another',
      'another',
      'KXB',
    ]);
  });

  test('tells every length from every other', () => {
    const tickers = Array.from({ length: 59 }, (_, i) => 'K'.repeat(i + 1));
    for (const left of [0, 1]) {
      // Every other one is in the table, so that its neighbours are unknown beginnings and continuations of it.
      const table = tableOf(...tickers.filter((_, i) => i % 2 === left));
      expect(tickers.map((ticker) => found(table, ticker))).toEqual(
        tickers.map((ticker, i) => (i % 2 === left ? ticker : undefined)),
      );
    }
  });

  test('sees a change of any byte of a ticker', () => {
    const ticker = 'KXMVECROSSCATEGORY-S2026AUG07-T114999.99';
    const table = tableOf(ticker);
    const changed = Array.from(
      ticker,
      (char, i) => `${ticker.slice(0, i)}${char === '9' ? '8' : '9'}${ticker.slice(i + 1)}`,
    );
    expect(changed.map((other) => found(table, other)).filter((value) => value !== undefined)).toEqual([]);
    expect(found(table, ticker)).toBe(ticker);
  });

  // Found by search: equal in length and in all 32 bits of the hash.
  test.each([
    ['KXSNWVFQP-26AUG07', 'KXBNWVKDP-26AUG07'],
    ['KXCFUZXYO-26AUG0', 'KXINNHVAB-26AUG0'],
  ])('tells %s from %s, whose hash is the same', (one, other) => {
    expect(found(tableOf(one), other)).toBeUndefined();
    const both = tableOf(one, other);
    expect([found(both, one), found(both, other)]).toEqual([one, other]);
    both.delete(one);
    expect([found(both, one), found(both, other), both.get(one)]).toEqual([undefined, other, undefined]);
  });

  test.each([
    ['longer than a cell', 'K'.repeat(60)],
    ['longer than any cell', 'K'.repeat(5000)],
    ['empty', ''],
    ['with a quote', 'KX"A'],
    ['with a backslash', 'KX\\A'],
    ['with a control character', 'KX\u0001A'],
    ['with the byte that pads a cell', 'KXA\0'],
    ['not ASCII', 'KXÄ'],
    ['beyond one byte', 'KX\u0141'],
  ])('finds a ticker that is %s by its string, never by bytes', (_, ticker) => {
    const table = tableOf(ticker, 'KXA');
    expect([table.get(ticker), found(table, ticker), found(table, 'KX'), found(table, 'KXA')]).toEqual([
      ticker,
      undefined,
      undefined,
      'KXA',
    ]);
    expect([table.delete(ticker), table.get(ticker), table.size]).toEqual([true, undefined, 1]);
  });

  test('refuses bytes in which no quote comes, and reads no more than 60', () => {
    const bytes = new Uint8Array(60).fill(0x4b);
    const table = tableOf(...[1, 56, 57, 59, 60, 61].map((length) => 'K'.repeat(length)));
    expect(table.find(new DataView(bytes.buffer), 0)).toBe(-1);
    bytes[59] = 0x22;
    expect(table.valueOf(table.find(new DataView(bytes.buffer), 0))).toBe('K'.repeat(59));
  });

  test('grows to 20,000 markets', () => {
    const tickers = Array.from({ length: 20_000 }, (_, i) => numbered(i));
    const table = tableOf(...tickers);
    expect(table.size).toBe(20_000);
    expect(tickers.filter((ticker) => found(table, ticker) !== ticker || table.get(ticker) !== ticker)).toEqual([]);
    expect(found(table, numbered(20_000))).toBeUndefined();
  });

  test('is as good as new after 30,000 markets have come and gone', () => {
    const table = tableOf();
    const live: string[] = [];
    const wrong: string[] = [];
    for (let i = 0; i < 30_000; i++) {
      const ticker = numbered(i);
      table.set(ticker, ticker);
      live.push(ticker);
      if (live.length <= 10) continue;
      const gone = live.shift()!;
      table.delete(gone);
      if (found(table, gone) !== undefined || found(table, live[i % 10]!) !== live[i % 10]) wrong.push(gone);
    }
    expect(wrong).toEqual([]);
    expect(table.size).toBe(10);
    // Entries are used again, so no array has grown.
    const bytes = new TextEncoder().encode(`${live[0]}"`.padEnd(64));
    expect(table.find(new DataView(bytes.buffer), 0)).toBeLessThan(16);
  });

  test('holds what a Map holds, whatever is added and removed', () => {
    const pool = Array.from({ length: 300 }, (_, i) => numbered(i));
    const change = fc.tuple(fc.constantFrom('set', 'set', 'delete'), fc.nat(pool.length - 1), fc.nat(9));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 600, size: 'max' }), (changes) => {
        const table = new TickerTable<number>();
        const model = new Map<string, number>();
        const answers: boolean[] = [];
        for (const [what, i, value] of changes) {
          const ticker = pool[i]!;
          if (what === 'delete') {
            answers.push(table.delete(ticker) === model.delete(ticker));
            continue;
          }
          table.set(ticker, value);
          model.set(ticker, value);
        }
        expect(answers).not.toContain(false);
        expect(table.size).toBe(model.size);
        expect(pool.map((ticker) => table.get(ticker))).toEqual(pool.map((ticker) => model.get(ticker)));
        expect(pool.map((ticker) => found(table, ticker))).toEqual(pool.map((ticker) => model.get(ticker)));
      }),
      { numRuns: 100 },
    );
  });
});
