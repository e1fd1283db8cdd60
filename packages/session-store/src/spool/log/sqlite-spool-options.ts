import { resolve } from 'node:path';
import type { SessionStoreError } from '../../errors.ts';
import { within } from '../../resolve-options.ts';
import { systemRuntime, type Runtime } from '../../runtime.ts';

export interface SqliteSpoolOptions {
  /** Made when it is not there, and locked: a folder belongs to one process. */
  readonly folder: string;
  /** What payloads may take that are not acknowledged or whose acknowledgement is held, in characters. @default 4 GiB */
  readonly maxBytes?: number;
  /** What may wait in memory for the disk, in characters. @default 16 MiB */
  readonly maxUnwrittenBytes?: number;
  /**
   * Makes what the database has committed safe from a power cut, where its commits do not do that. Acknowledged batches stay
   * on the disk until it has resolved; it is called 10 s after an acknowledgement, or when 32 MiB or a quarter of `maxBytes`
   * wait for it, and by `close`. Rejects with SessionStoreError only. @default nothing has to be done
   */
  readonly makeSafe?: (() => Promise<void>) | null;
  /** Called each time that failed, with how many times in a row it has. It is tried again. */
  readonly onUnsafe?: (error: SessionStoreError, failures: number) => void;
  /** Clock and timers. @default the globals */
  readonly runtime?: Runtime;
}

export type ResolvedSpoolOptions = Readonly<Required<SqliteSpoolOptions>>;

/** @throws {TypeError | RangeError} */
export function resolveSpoolOptions(options: SqliteSpoolOptions): ResolvedSpoolOptions {
  const { folder } = options;
  if (typeof folder !== 'string' || folder === '') {
    throw new TypeError(`folder must be the path of a folder, not ${JSON.stringify(folder)}.`);
  }
  return {
    folder: resolve(folder),
    maxBytes: within('maxBytes', options.maxBytes ?? 4 * 2 ** 30, 16 * 2 ** 20, Number.MAX_SAFE_INTEGER),
    maxUnwrittenBytes: within('maxUnwrittenBytes', options.maxUnwrittenBytes ?? 16 * 2 ** 20, 1, 2 ** 40),
    makeSafe: options.makeSafe ?? null,
    onUnsafe: options.onUnsafe ?? (() => undefined),
    runtime: options.runtime ?? systemRuntime,
  };
}
