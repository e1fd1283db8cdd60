import { describe, expect, test } from 'vitest';
import { secretsOfAddress, shownAddress } from './shown-address.ts';

describe('an address', () => {
  test.each([
    ['wss://h/ws', 'wss://h/ws', []],
    ['https://desk.example', 'https://desk.example', []],
    ['wss://me:p%40ss@h:1/ws?token=secret', 'wss://h:1/ws?…', ['me', 'p%40ss', 'p@ss', 'secret']],
    ['https://me:p%zz@h/', 'https://h/', ['me', 'p%zz']],
    ['me@h', 'no URL', []],
  ])('%s', (address, shown, secrets) => {
    expect(shownAddress(address)).toBe(shown);
    expect(new Set(secretsOfAddress(address).filter(Boolean))).toEqual(new Set(secrets));
  });
});
