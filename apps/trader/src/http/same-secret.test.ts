import type * as Crypto from 'node:crypto';
import { describe, expect, test, vi } from 'vitest';

const spied = vi.hoisted(() => ({ compared: [] as (readonly [number, number])[] }));
vi.mock('node:crypto', async (original) => {
  const crypto = await original<typeof Crypto>();
  return {
    ...crypto,
    timingSafeEqual: (a: Buffer, b: Buffer) => {
      spied.compared.push([a.length, b.length]);
      return crypto.timingSafeEqual(a, b);
    },
  };
});
const { sameSecret } = await import('./same-secret.ts');

describe('sameSecret', () => {
  test.each([
    ['0123456789abcdef', true],
    ['0123456789abcdeF', false],
    ['X123456789abcdef', false],
    ['0123456789abcde', false],
    ['0123456789abcdef0', false],
    ['', false],
    ['ü'.repeat(16), false],
  ])('of %j is %j, found by one comparison in constant time over hashes of one length', (given, same) => {
    spied.compared.length = 0;
    expect(sameSecret(given, '0123456789abcdef')).toBe(same);
    expect(spied.compared).toEqual([[32, 32]]);
  });
});
