import fc from '@trader/testkit/fast-check';
import { expect, test } from 'vitest';
import { ChunkMerge } from './chunk-merge.ts';

const chunks = fc.array(
  fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 12 }).map((seqs) => {
    const rising = seqs.toSorted((one, other) => one - other);
    return { length: rising.length, seqs: rising };
  }),
  { maxLength: 9 },
);

test('gives all numbers of overlapping chunks in rising order, below a limit, after another', () => {
  fc.assert(
    fc.property(
      chunks,
      fc.integer({ min: -1, max: 30 }),
      fc.array(fc.nat(70), { maxLength: 4 }),
      (chunks, after, limits) => {
        const merge = new ChunkMerge<(typeof chunks)[number]>();
        for (const chunk of chunks) merge.add(chunk, after);
        const found: number[] = [];
        const all = chunks.flatMap(({ seqs }) => [...seqs].filter((seq) => seq > after));
        for (const limit of [...limits.toSorted((one, other) => one - other), Infinity]) {
          merge.drain(limit, ({ seqs }, from, to) => found.push(...seqs.slice(from, to)));
          const expected = all.filter((seq) => seq < limit).toSorted((one, other) => one - other);
          expect(found).toEqual(expected);
        }
      },
    ),
  );
});

test('takes chunks that begin behind what was given', () => {
  const merge = new ChunkMerge();
  const found: number[] = [];
  const take = ({ seqs }: { seqs: readonly number[] }, from: number, to: number) => found.push(...seqs.slice(from, to));
  merge.add({ length: 3, seqs: [1, 5, 9] });
  merge.drain(6, take);
  merge.add({ length: 2, seqs: [6, 12] });
  merge.drain(Infinity, take);
  expect(found).toEqual([1, 5, 6, 9, 12]);
});
