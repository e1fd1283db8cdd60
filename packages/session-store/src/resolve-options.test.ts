import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { resolveOptions } from './resolve-options.ts';
import type { SessionStoreOptions } from './options.ts';

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
      lease: { durationMs: 15_000, renewalsPerLease: 3, sweepEveryMs: 10_000 },
      compaction: { afterMs: 86_400_000, everyMs: 60_000, targetRecords: 4096 },
      keyframes: { intervalMs: 60_000, everyDeltas: 4096 },
      queryTimeoutMs: 15_000,
    });
  });

  test('compact in the background unless told otherwise', () => {
    const everyMs = (options: SessionStoreOptions) => resolveOptions(options).compaction.everyMs;
    expect(everyMs({ url: 'postgres://x' })).toBe(60_000);
    expect(everyMs({ url: 'postgres://x', compaction: false })).toBeNull();
    expect(everyMs({ dataDir: 'x' })).toBe(60_000);
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
    [
      { dataDir: 'x', compaction: { targetRecords: 1 } },
      RangeError,
      'compaction.targetRecords must be an integer from 2',
    ],
    [{ dataDir: 'x', compaction: true }, TypeError, 'compaction must be an object or false, not true.'],
    [{ dataDir: 'x', keyFrames: {} }, TypeError, 'There is no option "keyFrames" of a session store. There are url,'],
    [
      { dataDir: 'x', batch: { maxRecord: 5 } },
      TypeError,
      'no option "batch.maxRecord" of a session store. There are batch.maxRecords, batch.maxBytes, batch.maxAgeMs.',
    ],
    [{ dataDir: '' }, TypeError, 'not ""'],
    [{}, TypeError, 'one of url, dataDir and sql'],
    [{ url: 'postgres://x', dataDir: 'x' }, TypeError, 'one of url, dataDir and sql'],
  ])('%j are refused with the value', (options, kind, message) => {
    const resolve = () => resolveOptions(options as SessionStoreOptions);
    expect(resolve).toThrow(kind);
    expect(resolve).toThrow(message);
  });

  test('turn the spool on where there is a folder for it', () => {
    const spoolOf = (options: SessionStoreOptions) => resolveOptions(options).spool;
    const defaults = { durableWithinMs: 100, maxBytes: 4 * 2 ** 30, openWithinMs: null };
    expect(spoolOf({ dataDir: 'data' })).toEqual({ dir: join('data', 'spool'), ...defaults });
    expect(spoolOf({ dataDir: 'data', spool: { dir: 'disk' } })).toEqual({ dir: 'disk', ...defaults });
    expect(spoolOf({ dataDir: 'data', spool: false })).toBe(null);
    expect(spoolOf({ url: 'postgres://x' })).toBe(null);
    expect(spoolOf({ url: 'postgres://x', spool: { dir: 'disk', durableWithinMs: 0 } })).toMatchObject({
      dir: 'disk',
      openWithinMs: 5000,
    });
    expect(() => spoolOf({ url: 'postgres://x', spool: {} })).toThrow('spool.dir must be the path of a folder');
    expect(() => spoolOf({ dataDir: 'x', spool: { maxBytes: 1 } })).toThrow(RangeError);
  });

  test('never show a URL', () => {
    expect(() => resolveOptions({ url: 'mysql://me:hunter2@host/db' })).toThrow(
      expect.objectContaining({
        message: expect.not.stringContaining('hunter2') as string,
      }),
    );
  });
});
