import { describe, expect, test } from 'vitest';
import { frameText } from './frame-text.ts';

describe('frameText', () => {
  test.each(['', '{"type":"ok"}', '{"title":"Zürich ≥ 1° 🥇"}', '\u{feff}{}', 'a\0b'])('gives %j back', (text) => {
    expect(frameText(new TextEncoder().encode(text))).toBe(text);
  });

  test.each([
    ['a lone continuation', [0x7b, 0x80, 0x7d]],
    ['a character that is cut off', [0x22, 0xe2, 0x89]],
    ['an overlong form', [0xc0, 0xaf]],
    ['half of a surrogate pair', [0xed, 0xa0, 0x80]],
    ['more than Unicode has', [0xf4, 0x90, 0x80, 0x80]],
    ['a byte that UTF-8 never has', [0xff]],
  ])('refuses %s', (_, bytes) => {
    expect(frameText(Uint8Array.from(bytes))).toBeNull();
  });

  test('is not disturbed by what it has refused before', () => {
    frameText(Uint8Array.of(0xe2, 0x89));
    expect(frameText(Uint8Array.of(0xa5))).toBeNull();
    expect(frameText(Uint8Array.of(0x7b, 0x7d))).toBe('{}');
  });

  test('reads its own part of a larger array', () => {
    expect(frameText(new TextEncoder().encode('ab{}cd').subarray(2, 4))).toBe('{}');
  });
});
