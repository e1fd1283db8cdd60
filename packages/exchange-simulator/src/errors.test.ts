import { expect, it } from 'vitest';
import { ExchangeError } from './errors.ts';

it('is recognised across two copies of the package, and nothing else is', () => {
  const isOurs = (value: unknown) => ExchangeError.isInstance(value);
  const ofAnotherCopy = { [Symbol.for('@trader/exchange-simulator/ExchangeError')]: true };
  expect([new ExchangeError('PORT_IN_USE', 'in use'), ofAnotherCopy].map(isOurs)).toEqual([true, true]);
  expect([new Error('in use'), null, 'PORT_IN_USE', {}].map(isOurs)).toEqual([false, false, false, false]);
});

it('carries its cause and context as fields', () => {
  const cause = new Error('underneath');
  const error = new ExchangeError('TAPE_INVALID', 'Tape t, line 3', { file: 't', line: 3, expected: 'more', cause });
  expect(error).toMatchObject({
    name: 'ExchangeError',
    code: 'TAPE_INVALID',
    file: 't',
    line: 3,
    expected: 'more',
    cause,
  });
  expect('cause' in new ExchangeError('PORT_IN_USE', 'in use')).toBe(false);
});
