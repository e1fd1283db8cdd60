// WebSocket frames of a client, right and wrong.
import { mutated, type Chance } from './bytes.ts';

type Frame = {
  readonly opcode: number;
  readonly payload: Buffer;
  readonly fin?: boolean;
  readonly reserved?: number;
  readonly masked?: boolean;
  /** What the frame says of its length, where that is not its length. */
  readonly said?: bigint;
};

function frame({ opcode, payload, fin = true, reserved = 0, masked = true, said }: Frame): Buffer {
  const length = said ?? BigInt(payload.length);
  const first = (fin ? 0x80 : 0) | ((reserved & 7) << 4) | opcode;
  const mask = masked ? 0x80 : 0;
  let head: Buffer;
  if (length < 126n) head = Buffer.from([first, mask | Number(length)]);
  else if (length < 65_536n) head = Buffer.from([first, mask | 126, Number(length >> 8n), Number(length & 0xffn)]);
  else {
    head = Buffer.alloc(10);
    head[0] = first;
    head[1] = mask | 127;
    head.writeBigUInt64BE(BigInt.asUintN(64, length), 2);
  }
  // With a mask of zeros the payload stays as it is.
  return Buffer.concat([head, masked ? Buffer.alloc(4) : Buffer.alloc(0), payload]);
}

const text = (payload: string | Buffer): Buffer => frame({ opcode: 1, payload: Buffer.from(payload) });

const MESSAGES: readonly string[] = [
  '{"subscribe":{"books":["KX"]}}',
  '{"unsubscribe":{"books":["KX","KY"]}}',
  '{"subscribe":{"books":[]}}',
  '{"subscribe":{"levels":["KX"]}}',
  '{"unsubscribe":{"levels":["KX"]}}',
  '{"subscribe":{}}',
  '{"subscribe":null}',
  '{}',
  '[]',
  'null',
  '"x"',
  '1e999',
  '-0',
  '',
  '{"__proto__":{"books":["KX"]}}',
  '{"subscribe":{"books":["__proto__"]}}',
  '{"subscribe":{"books":[{"toString":1}]}}',
  `{"subscribe":{"books":[${'"K",'.repeat(900)}"K"]}}`,
  '['.repeat(4_000),
  '{"a":'.repeat(700),
  `"${'\\u0000'.repeat(600)}"`,
  '{"subscribe":{"books":["\\ud800"]}}',
];

/** What a client may send after its upgrade. @param markets that there are */
export function framesOf(chance: Chance, markets: readonly string[]): Buffer {
  const known = (): string =>
    JSON.stringify({ subscribe: { [chance.of(['books', 'levels'])]: chance.some(8, () => chance.of(markets)) } });
  const kinds: readonly (() => Buffer)[] = [
    () => text(chance.is(0.5) ? known() : chance.of(MESSAGES)),
    () => text(mutated(Buffer.from(chance.is(0.5) ? known() : chance.of(MESSAGES)), chance)),
    () => mutated(text(chance.of(MESSAGES)), chance),
    () => frame({ opcode: chance.below(16), payload: chance.bytes(chance.below(200)), fin: chance.is(0.7) }),
    () => frame({ opcode: 1, payload: Buffer.from('{}'), reserved: 1 + chance.below(7) }),
    () => frame({ opcode: 1, payload: Buffer.from('{}'), masked: false }),
    () => frame({ opcode: 2, payload: Buffer.from(known()) }),
    // Invalid UTF-8.
    () => text(Buffer.concat([Buffer.from('{"'), Buffer.from([0xc3, 0x28, 0xff]), Buffer.from('"}')])),
    () => text('x'.repeat(4_090 + chance.below(20))),
    () =>
      frame({
        opcode: 1,
        payload: chance.bytes(10),
        said: chance.of([0n, 5_000n, 65_536n, 2n ** 31n, 2n ** 53n, 2n ** 63n]),
      }),
    // In pieces, with a ping between.
    () =>
      Buffer.concat([
        frame({ opcode: 1, payload: Buffer.from('{"subscribe":'), fin: false }),
        frame({ opcode: 9, payload: Buffer.from('x') }),
        frame({ opcode: 0, payload: Buffer.from('{}}'), fin: chance.is(0.8) }),
      ]),
    () => Buffer.concat(Array.from({ length: 20 }, () => frame({ opcode: 0, payload: Buffer.alloc(0), fin: false }))),
    () => frame({ opcode: chance.of([9, 10]), payload: chance.bytes(chance.below(140)) }),
    // Closes: without a code, with right and wrong codes and reasons.
    () => frame({ opcode: 8, payload: Buffer.alloc(0) }),
    () => frame({ opcode: 8, payload: chance.bytes(chance.of([1, 2, 2, 10, 125, 126])) }),
    () => frame({ opcode: 8, payload: Buffer.from([0x03, 0xe8, ...Buffer.from('bye')]) }),
    // More than a client may send.
    () => Buffer.concat(Array.from({ length: 20 + chance.below(200) }, () => text('{}'))),
    () => chance.bytes(chance.below(300)),
  ];
  return Buffer.concat(Array.from({ length: 1 + chance.below(6) }, () => chance.of(kinds)()));
}
