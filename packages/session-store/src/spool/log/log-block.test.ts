import fc from '@trader/testkit/fast-check';
import { describe, expect, test } from 'vitest';
import { encodeBlock, scanBlocks, type BlockContent } from './log-block.ts';

const salt = 0xfeed_beef;
const content: fc.Arbitrary<BlockContent> = fc.oneof(
  fc.record({
    kind: fc.constant('entry' as const),
    session: fc.string({ minLength: 1 }),
    batch: fc.maxSafeNat(),
    records: fc.nat({ max: 2 ** 32 - 1 }),
    atMs: fc.maxSafeNat(),
    payload: fc.uint8Array({ maxLength: 300 }),
  }),
  fc.record({ kind: fc.constant('acknowledged' as const), session: fc.string(), batch: fc.maxSafeNat() }),
);
const junk = fc.oneof(
  fc.uint8Array({ maxLength: 100 }),
  // What looks like the beginning of a block.
  fc.uint8Array({ maxLength: 60 }).map((rest) => Uint8Array.from([0x53, 0x50, 0x4f, 0x4c, ...rest])),
);

const concat = (parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts));

describe('scanning a segment', () => {
  test('finds every block, whatever lies between, and accounts for every byte', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(content, junk)), (pieces) => {
        const bytes = concat(pieces.flatMap(([said, between], index) => [encodeBlock(index, said, salt), between]));
        const found = [...scanBlocks(bytes, salt)];
        const blocks = found.flatMap((piece) => (piece.content ? [piece] : []));
        expect(blocks.map(({ content: read }) => read)).toEqual(pieces.map(([said]) => said));
        expect(blocks.map(({ number }) => number)).toEqual(pieces.map((_, index) => index));
        expect(concat(found.map((piece) => piece.bytes))).toEqual(bytes);
      }),
    );
  });

  test('finds no block that has a byte changed, and none of another salt', () => {
    const block = encodeBlock(
      7,
      { kind: 'entry', session: 's', batch: 1, records: 2, atMs: 3, payload: Uint8Array.of(1, 2, 3) },
      salt,
    );
    for (let at = 0; at < block.length; at++) {
      const changed = block.slice();
      changed[at]! ^= 0x10;
      expect([...scanBlocks(changed, salt)], `byte ${at}`).toEqual([{ content: null, bytes: changed }]);
    }
    expect([...scanBlocks(block, salt + 1)]).toEqual([{ content: null, bytes: block }]);
  });
});
