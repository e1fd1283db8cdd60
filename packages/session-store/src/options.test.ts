import { describe, expect, test } from 'vitest';
import { resolveOptions, type SessionStoreOptions } from './options.ts';

describe('options', () => {
  test('have the documented defaults', () => {
    expect(resolveOptions({ dataDir: 'data' })).toMatchObject({
      location: { dataDir: 'data' },
      maxRecords: 5000,
      maxAgeMs: 1000,
      highWaterRecords: 50_000,
      lowWaterRecords: 25_000,
      maxBytes: 8 * 2 ** 20,
      highWaterBytes: 64 * 2 ** 20,
      lowWaterBytes: 32 * 2 ** 20,
      whenFull: 'block',
      retention: null,
      queryTimeoutMs: 15_000,
    });
  });

  test.each([
    [
      { dataDir: 'x', batch: { maxRecords: 0 } },
      RangeError,
      'batch.maxRecords must be an integer from 1 to 1000000, not 0.',
    ],
    [{ dataDir: 'x', batch: { maxAgeMs: 0.5 } }, RangeError, 'not 0.5'],
    [{ dataDir: 'x', queue: { highWaterRecords: 5, lowWaterRecords: 6 } }, RangeError, 'from 0 to 5, not 6'],
    [{ dataDir: 'x', queryTimeoutMs: '5' }, TypeError, 'queryTimeoutMs must be a number, not "5"'],
    [{ dataDir: 'x', queue: { highWaterBytes: 5, lowWaterBytes: 6 } }, RangeError, 'from 0 to 5, not 6'],
    [{ dataDir: 'x', whenFull: 'drop' }, TypeError, 'whenFull must be "block" or "shed", not "drop".'],
    [{ dataDir: 'x', retention: { maxAgeMs: 1000 } }, RangeError, 'an integer from 86400000'],
    [{ dataDir: '' }, TypeError, 'not ""'],
    [{}, TypeError, 'one of url, dataDir and sql'],
    [{ url: 'postgres://x', dataDir: 'x' }, TypeError, 'one of url, dataDir and sql'],
  ])('%j are refused with the value', (options, kind, message) => {
    const resolve = () => resolveOptions(options as SessionStoreOptions);
    expect(resolve).toThrow(kind);
    expect(resolve).toThrow(message);
  });

  test('never show a URL', () => {
    expect(() => resolveOptions({ url: 'mysql://me:hunter2@host/db' })).toThrow(
      expect.objectContaining({
        message: expect.not.stringContaining('hunter2') as string,
      }),
    );
  });
});
