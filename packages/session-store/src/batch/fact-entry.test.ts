import fc from '@trader/testkit/fast-check';
import { expect, test } from 'vitest';
import { factAt, factData } from '../../test/arbitrary-facts.ts';
import { entryOfFact, factOfEntry, storableData, storedData } from './fact-entry.ts';

const nested = (levels: number) => `{"a":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`;

test('an entry gives its fact back', () => {
  fc.assert(
    fc.property(factData, (data) => {
      const fact = factAt(data, { epoch: 1, sid: 2, seq: 3, market: 'M', exchangeAtMs: null, receivedAtMs: 5 });
      expect(factOfEntry(entryOfFact(fact, 7))).toEqual(fact);
    }),
  );
});

test('what a database may not take as JSON is a text of it, and all else is itself', () => {
  const odd = [...['\u0000', '\ud800', '\udfff'].map((a) => JSON.stringify({ a })), nested(101)];
  for (const data of odd) {
    const stored = storableData(data);
    expect(JSON.parse(stored)).toBe(data);
    expect(storedData(stored)).toBe(data);
  }
  for (const data of ['{}', JSON.stringify({ a: 'ü 🎲 \u0001' }), nested(100)]) {
    expect(storableData(data)).toBe(data);
    expect(storedData(data)).toBe(data);
  }
});
