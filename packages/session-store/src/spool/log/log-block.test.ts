import fc from '@trader/testkit/fast-check';
import { describe, expect, test } from 'vitest';
import { encodeFrame, scanFrames, type FrameContent } from './log-block.ts';

const salt = 0xfeed_beef;
const content: fc.Arbitrary<FrameContent> = fc.oneof(
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
  // What looks like the beginning of a frame.
  fc.uint8Array({ maxLength: 60 }).map((rest) => Uint8Array.from([0x53, 0x50, 0x4f, 0x4c, ...rest])),
);

const concat = (parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts));

describe('scanning a segment', () => {
  test('finds every frame, whatever lies between, and accounts for every byte', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(content, junk)), (pieces) => {
        const bytes = concat(pieces.flatMap(([said, between], index) => [encodeFrame(index, said, salt), between]));
        const stretches = [...scanFrames(bytes, salt)];
        const frames = stretches.flatMap((stretch) => (stretch.content ? [stretch] : []));
        expect(frames.map(({ content: found }) => found)).toEqual(pieces.map(([said]) => said));
        expect(frames.map(({ number }) => number)).toEqual(pieces.map((_, index) => index));
        expect(concat(stretches.map((stretch) => stretch.bytes))).toEqual(bytes);
      }),
    );
  });

  test('finds no frame that has a byte changed, and none of another salt', () => {
    const frame = encodeFrame(
      7,
      { kind: 'entry', session: 's', batch: 1, records: 2, atMs: 3, payload: Uint8Array.of(1, 2, 3) },
      salt,
    );
    for (let at = 0; at < frame.length; at++) {
      const changed = frame.slice();
      changed[at]! ^= 0x10;
      expect([...scanFrames(changed, salt)], `byte ${at}`).toEqual([{ content: null, bytes: changed }]);
    }
    expect([...scanFrames(frame, salt + 1)]).toEqual([{ content: null, bytes: frame }]);
  });
});
