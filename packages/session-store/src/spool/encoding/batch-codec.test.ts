import { seededRandom } from '@trader/testkit';
import fc from '@trader/testkit/fast-check';
import { describe, expect, test } from 'vitest';
import { storeRecords } from '../../../test/arbitrary-records.ts';
import { SessionStoreError } from '../../errors.ts';
import type { DeltaRecord, StoreRecord } from '../../records.ts';
import { decodePart, PartEncoder, rebuildBatch } from './batch-codec.ts';
import { crc32 } from './checksum.ts';
import { Collector } from '../../batch/collector.ts';

const delta = (seq: number, more: Partial<DeltaRecord> = {}): DeltaRecord => ({
  kind: 'delta',
  epoch: 1,
  sid: 1,
  seq,
  market: 'RAIN',
  side: 'yes',
  price: 4300,
  delta: 500,
  exchangeAtMs: 1_785_901_540_000,
  receivedAtMs: 1_785_901_540_012,
  ...more,
});

const encode = (records: readonly StoreRecord[]): Uint8Array => {
  const encoder = new PartEncoder();
  for (const record of records) encoder.add(record);
  return encoder.take();
};

const refusal = (bytes: Uint8Array): unknown => {
  try {
    decodePart(bytes);
    return 'decoded';
  } catch (error) {
    return SessionStoreError.isInstance(error) ? error.code : error;
  }
};

/** A part with a checksum that is right, whatever it says. */
const withChecksum = (...bytes: number[]): Uint8Array => {
  const part = Uint8Array.from([...bytes, 0, 0, 0, 0]);
  new DataView(part.buffer).setUint32(bytes.length, crc32(part, 0, 0, bytes.length), true);
  return part;
};

describe('a part', () => {
  test('gives back any records, in order', () => {
    fc.assert(
      fc.property(storeRecords, (records) => {
        fc.pre(records.length > 0);
        expect(decodePart(encode(records)).records).toEqual(records);
      }),
      { numRuns: 500 },
    );
  });

  test('holds numbers at the ends of their ranges, and numbers further apart than a number can say', () => {
    const most = Number.MAX_SAFE_INTEGER;
    const records = [
      delta(-most, { price: 2 ** 31 - 1, delta: -most, receivedAtMs: 2 ** 46, exchangeAtMs: 0 }),
      delta(most, { price: -(2 ** 31), delta: most, receivedAtMs: 0, exchangeAtMs: 2 ** 46 }),
      delta(1, { sid: -most, epoch: -(2 ** 31) }),
      delta(2, { sid: -most, epoch: -(2 ** 31), delta: 2 ** 52 + 1 }),
    ];
    expect(decodePart(encode(records)).records).toEqual(records);
  });

  test('holds texts that UTF-8 cannot', () => {
    const text = '\uD800 half a pair, \u0000 and 🎲';
    const raw = { kind: 'raw', epoch: 1, sid: null, seq: null, receivedAtMs: 5, text } as const;
    const gap = { kind: 'gap', epoch: 1, sid: 2, firstSeq: 3, lastSeq: null, fromAtMs: 4, toAtMs: null } as const;
    const records = [raw, { ...gap, cause: text }];
    expect(decodePart(encode(records)).records).toEqual(records);
  });

  test('takes under 10 bytes for a delta of an ordinary stream', () => {
    const random = seededRandom(1);
    const records = Array.from({ length: 500 }, (_, index) =>
      delta(1000 + index, {
        market: `MARKET-${Math.floor(random() * 20)}`,
        price: 4000 + 100 * Math.floor(random() * 20),
        delta: Math.floor((random() - 0.5) * 100_000),
        exchangeAtMs: 1_785_901_540_000 + index * 3,
        receivedAtMs: 1_785_901_540_012 + index * 3,
      }),
    );
    expect(encode(records).length / records.length).toBeLessThan(10);
  });
});

describe('a batch', () => {
  test('is the same when it is rebuilt from its parts, wherever they were cut', () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(storeRecords, cuts, fc.nat({ max: 40 }), (records, lengths, batchEnd) => {
        const collector = new Collector();
        const encoder = new PartEncoder();
        let parts: Uint8Array[] = [];
        const endBatch = () => {
          const batch = collector.cut();
          if (encoder.records > 0) parts.push(encoder.take());
          expect(rebuildBatch(collector.batches, parts)).toEqual(batch);
          parts = [];
        };
        records.forEach((record, index) => {
          if (index === batchEnd) endBatch();
          collector.add(record);
          encoder.add(record);
          if (encoder.records >= lengths[index % lengths.length]!) parts.push(encoder.take());
        });
        endBatch();
      }),
      { numRuns: 500 },
    );
  });

  test('keeps how many records a session dropped itself', () => {
    const range = {
      record: {
        kind: 'gap',
        epoch: 1,
        sid: 1,
        firstSeq: 2,
        lastSeq: 9,
        fromAtMs: 4,
        toAtMs: 5,
        cause: 'shed',
      } as const,
      shed: 8,
    };
    const collector = new Collector();
    const encoder = new PartEncoder();
    for (const one of [collector, encoder]) {
      one.add(delta(1));
      one.addShedRange(range);
    }
    expect(rebuildBatch(1, [encoder.take()])).toEqual(collector.cut());
  });

  test('of no parts is none', () => {
    expect(rebuildBatch(1, [])).toBeNull();
  });
});

describe('damage', () => {
  const records = [delta(1), delta(2), { ...delta(3), market: 'SNOW' }];

  test('is refused: any byte changed, any length', () => {
    const part = encode(records);
    for (let at = 0; at < part.length; at++) {
      for (const mask of [1, 0x80, 0xff]) {
        const changed = part.slice();
        changed[at]! ^= mask;
        expect(refusal(changed), `byte ${at} ^ ${mask}`).toBe('SPOOL_DAMAGED');
      }
      expect(refusal(part.subarray(0, at)), `cut to ${at}`).toBe('SPOOL_DAMAGED');
    }
    expect(refusal(Uint8Array.from([...part, 0]))).toBe('SPOOL_DAMAGED');
  });

  test('is refused without harm when its checksum is right all the same', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.boolean(), (bytes, isTagged) => {
        const outcome = refusal(withChecksum(...(isTagged ? [1, 3, 0, 0, 0, ...bytes] : bytes)));
        // Some of it happens to make sense; the session's checks come behind this.
        expect(['SPOOL_DAMAGED', 'decoded']).toContain(outcome);
      }),
      { numRuns: 5000 },
    );
  });

  test.each([
    ['more records than bytes', [1, 0xff, 0xff, 0x7f, 0, 0, 0]],
    ['a kind from the future', [1, 1, 0, 0, 0, 7]],
    ['a stream that was not introduced', [1, 1, 0, 0, 0, 0, 5, 1]],
    ['a stream to go on with, at the beginning', [1, 1, 0, 0, 0, 32, 1]],
    ['a market that was not introduced', [1, 1, 0, 0, 0, 0, 0, 1, 1, 1, 9]],
    ['a number of more than 53 bits', [1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]],
    ['a text that is not UTF-8', [1, 1, 0, 0, 0, 0, 0, 1, 1, 1, 0, 2, 0xff]],
    ['bytes behind its records', [1, 0, 0, 0, 0, 0]],
    ['nothing', []],
  ])('is refused: %s', (_, bytes) => {
    expect(refusal(withChecksum(...bytes))).toBe('SPOOL_DAMAGED');
  });

  test('names the format of another version', () => {
    expect(() => decodePart(withChecksum(2, 0, 0, 0, 0))).toThrow('format 2, and this program knows format 1');
  });
});

test('the checksum is CRC-32, and goes on from where it stopped', () => {
  const bytes = new TextEncoder().encode('123456789');
  expect(crc32(bytes)).toBe(0xcbf43926);
  expect(crc32(bytes.subarray(4), crc32(bytes.subarray(0, 4)))).toBe(0xcbf43926);
});
