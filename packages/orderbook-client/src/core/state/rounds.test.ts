import fc from '@trader/testkit/fast-check';
import { expect, test } from 'vitest';
import { Rounds, type Placed } from './rounds.ts';

type Member = Placed & { readonly name: number };
type Step = { readonly what: 'add' | 'delete' | 'next'; readonly times: number; readonly which: number };

test('rounds go on as iterators of a map do, whatever comes and goes', () => {
  const step = fc.record<Step>({
    what: fc.constantFrom('add', 'delete', 'next'),
    times: fc.nat(60),
    which: fc.nat(1000),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const rounds = new Rounds<Member>(2);
      const map = new Map<number, Member>();
      const iterators = [map.values(), map.values()];
      let name = 0;
      const nextOf = (round: number): Member | undefined => {
        const { done, value } = iterators[round]!.next();
        if (done) iterators[round] = map.values();
        return value;
      };
      for (const { what, times, which } of steps) {
        for (let i = 0; i < times; i++) {
          if (what === 'add') {
            const member = { place: -1, name: ++name };
            rounds.add(member);
            map.set(name, member);
          }
          const gone = [...map.values()][(which * i) % Math.max(1, map.size)];
          if (what === 'delete' && gone) {
            rounds.delete(gone);
            map.delete(gone.name);
          }
        }
        const turns = what === 'next' ? times : 0;
        const round = which % 2;
        const expected = Array.from({ length: turns }, () => nextOf(round));
        expect(Array.from({ length: turns }, () => rounds.next(round))).toEqual(expected);
      }
    }),
    { numRuns: 300 },
  );
});
