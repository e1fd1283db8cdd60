import fc from '@trader/testkit/fast-check';
import { expect, test } from 'vitest';
import { Ring } from './ring.ts';

type Item = { readonly number: number };

test('a ring gives back what was put in, in order, as a list does', () => {
  const commands = fc.array(fc.oneof({ weight: 5, arbitrary: fc.nat(40) }, { weight: 1, arbitrary: fc.constant(-1) }));
  fc.assert(
    fc.property(commands, (plan) => {
      const ring = new Ring<Item>();
      let list: Item[] = [];
      let number = 0;
      for (const [index, times] of plan.entries()) {
        if (times < 0) {
          ring.clear();
          list = [];
        }
        // In turns, so that the first place goes round.
        const out = index % 2 === 0 ? 0 : times;
        for (let i = out; i < times; i++) {
          const item = { number: ++number };
          ring.push(item);
          list.push(item);
        }
        const taken = Array.from({ length: Math.max(0, out) }, () => ring.shift());
        expect(taken).toEqual(Array.from({ length: Math.max(0, out) }, () => list.shift()));
        expect(ring.size).toBe(list.length);
      }
    }),
  );
});

test('a ring that has been emptied holds nothing', () => {
  const ring = new Ring<Item>();
  expect(ring.shift()).toBeUndefined();
  ring.push({ number: 1 });
  expect(ring.shift()).toEqual({ number: 1 });
  expect(ring.shift()).toBeUndefined();
});
