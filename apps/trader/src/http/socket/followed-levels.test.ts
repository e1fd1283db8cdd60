import fc from '@trader/testkit/fast-check';
import type { BookView } from '@trader/orderbook-client';
import { expect, test } from 'vitest';
import { FollowedLevels } from './followed-levels.ts';

type Told = { readonly whole: boolean; readonly yes: readonly number[]; readonly no: readonly number[] };

test('whoever joins whenever, and takes every change, has the book', () => {
  const change = fc.record({ side: fc.constantFrom('yes', 'no'), price: fc.nat(6), size: fc.nat(3) });
  const round = fc.record({ changes: fc.array(change, { maxLength: 5 }), joins: fc.boolean(), leaves: fc.boolean() });
  fc.assert(
    fc.property(fc.array(round, { maxLength: 40 }), (rounds) => {
      const sides = { yes: new Map<number, number>(), no: new Map<number, number>() };
      const book = {
        market: 'KX',
        synced: true,
        staleReason: null,
        levels: (side: 'yes' | 'no') => [...sides[side]],
      } as unknown as BookView;
      const levels = new FollowedLevels();
      let clients: { isInStep: boolean; yes: Map<number, number>; no: Map<number, number> }[] = [];
      for (const { changes, joins, leaves } of rounds) {
        for (const { side, price, size } of changes) {
          if (size === 0) sides[side].delete(price);
          else sides[side].set(price, size);
        }
        if (leaves) clients = clients.slice(1);
        if (joins) clients.push({ isInStep: false, yes: new Map(), no: new Map() });
        levels.begin(new Set(clients.length > 0 ? ['KX'] : []));
        for (const client of clients) {
          const text = levels.text(book, client.isInStep);
          const told = text === null ? { whole: false, yes: [], no: [] } : (JSON.parse(text) as Told);
          expect(told.whole).toBe(!client.isInStep);
          client.isInStep = true;
          for (const side of ['yes', 'no'] as const) {
            for (let at = 0; at < told[side].length; at += 2) {
              if (told[side][at + 1] === 0) client[side].delete(told[side][at]!);
              else client[side].set(told[side][at]!, told[side][at + 1]!);
            }
            expect(new Map(client[side])).toEqual(sides[side]);
          }
        }
      }
    }),
  );
});

test('says nothing while nothing changes, and that a book went stale', () => {
  const book = { market: 'KX', synced: true, staleReason: null, levels: () => [[1, 2]] };
  const levels = new FollowedLevels();
  const told = (isInStep: boolean): unknown => {
    levels.begin(new Set(['KX']));
    return JSON.parse(levels.text(book as unknown as BookView, isInStep) ?? 'null');
  };
  expect(told(false)).toMatchObject({ type: 'levels', whole: true, yes: [1, 2], no: [1, 2] });
  expect(told(true)).toBeNull();
  Object.assign(book, { synced: false, staleReason: 'gap' });
  expect(told(true)).toMatchObject({ synced: false, staleReason: 'gap', whole: false, yes: [], no: [] });
});
