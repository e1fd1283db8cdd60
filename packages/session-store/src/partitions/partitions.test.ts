import { describe, expect, test } from 'vitest';
import { SessionStoreError } from '../errors.ts';
import type { Engine } from '../database/engines/engine.ts';
import { Partitions } from './partitions.ts';

/** A database that is asked, and answers as the test says. */
const setUp = () => {
  let asked = 0;
  let failure: SessionStoreError | null = null;
  const engine = {
    transact: async () => {
      asked++;
      if (failure) throw failure;
    },
  } as unknown as Engine;
  return {
    partitions: new Partitions(engine),
    asked: () => asked,
    failWith: (error: SessionStoreError | null) => (failure = error),
  };
};

describe('covering days', () => {
  test('asks the database when a day is new, and not again', async () => {
    const { partitions, asked } = setUp();
    await partitions.cover([20_000]);
    await partitions.cover([20_000]);
    expect(asked()).toBe(1);
    await partitions.cover([20_000, 20_001, 20_002]);
    expect(asked()).toBe(2);
  });

  test('goes on without a partition when the database refuses one, and does not ask for it again', async () => {
    const { partitions, asked, failWith } = setUp();
    failWith(new SessionStoreError('DATABASE_REFUSED', 'no right to', { sqlState: '42501', retryable: true }));
    await partitions.cover([20_000]);
    await partitions.cover([20_000]);
    expect(asked()).toBe(1);
  });

  test.each([
    ['DATABASE_UNREACHABLE', undefined],
    ['DATABASE_UNREACHABLE', '57P01'],
    ['QUERY_TIMEOUT', undefined],
    ['QUERY_TIMEOUT', '57014'],
    ['STORE_CLOSED', undefined],
  ] as const)('fails with %s (%s), and asks again', async (code, sqlState) => {
    const { partitions, asked, failWith } = setUp();
    const error = new SessionStoreError(code, 'no answer', { sqlState, retryable: true });
    failWith(error);
    await expect(partitions.cover([20_000])).rejects.toBe(error);
    failWith(null);
    await partitions.cover([20_000]);
    expect(asked()).toBe(2);
  });
});
