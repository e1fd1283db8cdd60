import fc from '@trader/testkit/fast-check';
import { expect, test } from 'vitest';
import { merge, type MergeInput } from './merge.ts';

type Item = { readonly key: number; readonly tie: number; readonly input: number; readonly position: number };

/** Keys and ties of each input, cut into pages of a few. */
const inputs = fc.array(
  fc.array(fc.array(fc.record({ key: fc.nat(3), tie: fc.nat(2) }), { maxLength: 4 }), { maxLength: 4 }),
  { maxLength: 5 },
);

const number = (pagesOf: readonly (readonly (readonly { key: number; tie: number }[])[])[]) =>
  pagesOf.map((pages, input) => {
    let position = 0;
    return pages.map((page) => page.map((item): Item => ({ ...item, input, position: position++ })));
  });

const inputOf = (pages: readonly (readonly Item[])[], onOpen = () => {}): MergeInput<Item> => ({
  notBefore: Math.min(...pages.flat().map(({ key }) => key)),
  async *pages() {
    onOpen();
    yield* pages;
  },
});

const order = { key: ({ key }: Item) => key, tie: ({ tie }: Item) => tie };

async function all(pages: AsyncIterable<readonly Item[]>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const page of pages) found.push(...page);
  return found;
}

test('sorts all, where an item that would go before its predecessor counts as that one', async () => {
  await fc.assert(
    fc.asyncProperty(inputs, async (given) => {
      const numbered = number(given);
      const places = numbered.flatMap((pages) => {
        let [key, tie] = [-Infinity, -Infinity];
        return pages.flat().map((item) => {
          tie = item.key > key ? item.tie : Math.max(tie, item.tie);
          key = Math.max(key, item.key);
          return { item, place: [key, tie, item.input, item.position] as const };
        });
      });
      const sorted = places
        .toSorted(({ place: one }, { place: other }) => {
          const index = one.findIndex((value, at) => value !== other[at]);
          return one[index]! - other[index]!;
        })
        .map(({ item }) => item);
      expect(
        await all(
          merge(
            numbered.map((pages) => inputOf(pages)),
            order,
          ),
        ),
      ).toEqual(sorted);
    }),
    { numRuns: 1000 },
  );
});

test('opens an input only when the merge has got there', async () => {
  const opened: string[] = [];
  const [early, late] = number([[[1, 2, 3].map((key) => ({ key, tie: 0 }))], [[{ key: 9, tie: 0 }]]]);
  const pages = merge([inputOf(late!, () => opened.push('late')), inputOf(early!, () => opened.push('early'))], order);
  for await (const page of pages) opened.push(page.map(({ key }) => key).join());
  expect(opened).toEqual(['early', 'late', '1,2,3', '9']);
});

test('closes what is open when it is left, and when an input fails', async () => {
  const closed: string[] = [];
  const failing = (name: string, fails: boolean): MergeInput<Item> => ({
    async *pages() {
      try {
        yield [{ key: 1, tie: 0, input: 0, position: 0 }];
        if (fails) throw new Error('gone');
        yield [{ key: 2, tie: 0, input: 0, position: 1 }];
      } finally {
        closed.push(name);
      }
    },
  });
  await expect(all(merge([failing('one', false), failing('other', true)], order))).rejects.toThrow('gone');
  expect(closed).toEqual(['other', 'one']);
  for await (const _ of merge([failing('left', false)], order)) break;
  expect(closed).toEqual(['other', 'one', 'left']);
});
