import { describe, expect, test } from 'vitest';
import { tapeLine } from './tape-line.ts';

const line = (text: string) => tapeLine(new TextEncoder().encode(text), 1_786_405_577_252.7);

describe('tapeLine', () => {
  test('keeps the text of a frame as it came, beside when it came', () => {
    const frame = '{"type":"orderbook_delta", "msg":{"delta_fp":"5.00","size":1e400}}';
    expect(line(frame)).toBe(`{"recv_ms":1786405577252,"event":${frame}}\n`);
  });

  test('is one line, also for a frame that is several', () => {
    expect(line('{\n  "type": "ok"\r\n}')).toBe('{"recv_ms":1786405577252,"event":{"type":"ok"}}\n');
  });

  test.each(['', 'nonsense', '{"type":"ok"', 'null', '[]', '{"type":7}', '{"id":1}'])('is not made of %j', (text) =>
    expect(line(text)).toBeNull(),
  );

  test('is not made of bytes that are no UTF-8', () => {
    expect(tapeLine(Uint8Array.of(0x22, 0xff, 0x22), 0)).toBeNull();
  });
});
