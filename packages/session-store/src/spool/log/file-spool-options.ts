import { resolve } from 'node:path';
import type { SessionStoreError } from '../../errors.ts';
import { maxDelayMs, within } from '../../options.ts';
import type { SpoolDamage } from '../spool.ts';
import { systemRuntime, type Runtime } from '../../runtime.ts';

export interface FileSpoolOptions {
  /** Made when it is not there, and locked: a folder belongs to one process. */
  readonly folder: string;
  /**
   * How long a written entry may wait for its fdatasync, in ms. Written entries survive the death of the process; synced ones
   * a power cut. 0: every write is synced. `null`: never, `durable` then means written. @default 100
   */
  readonly syncEveryMs?: number | null;
  /** What the files may take, in bytes. @default 4 GiB */
  readonly maxBytes?: number;
  /** What may wait in memory for the disk, in bytes. @default 16 MiB */
  readonly maxUnwrittenBytes?: number;
  /** Size at which a file is ended and the next begun: acknowledged entries are freed a file at a time. @default 8 MiB */
  readonly segmentBytes?: number;
  /**
   * Called for each hole that is found, before `openFileSpool` resolves or while reading. A hole is found again at each start
   * until what lies around it is acknowledged.
   */
  readonly onDamage?: (damage: SpoolDamage) => void;
  /**
   * Makes what the database has committed safe from a power cut, where its commits do not do that. Acknowledged entries stay
   * in the files until it has resolved; it is called 10 s after an acknowledgement, or when 32 MiB or a quarter of `maxBytes`
   * wait for it, and by `close`. Rejects with SessionStoreError only. @default nothing has to be done
   */
  readonly makeSafe?: (() => Promise<void>) | null;
  /** Called each time that failed, with how many times in a row it has. It is tried again. */
  readonly onUnsafe?: (error: SessionStoreError, failures: number) => void;
  /** Clock and timers. @default the globals */
  readonly runtime?: Runtime;
}

export type ResolvedSpoolOptions = Readonly<Required<FileSpoolOptions>>;

/** @throws {TypeError | RangeError} */
export function resolveSpoolOptions(options: FileSpoolOptions): ResolvedSpoolOptions {
  const { folder, syncEveryMs = 100 } = options;
  if (typeof folder !== 'string' || folder === '') {
    throw new TypeError(`folder must be the path of a folder, not ${JSON.stringify(folder)}.`);
  }
  const segmentBytes = within('segmentBytes', options.segmentBytes ?? 8 * 2 ** 20, 1, 2 ** 30);
  return {
    folder: resolve(folder),
    syncEveryMs: syncEveryMs === null ? null : within('syncEveryMs', syncEveryMs, 0, maxDelayMs),
    segmentBytes,
    // With less than two segments the one in use could fill the quota by itself, and nothing would ever free it.
    maxBytes: within('maxBytes', options.maxBytes ?? 4 * 2 ** 30, 2 * segmentBytes, Number.MAX_SAFE_INTEGER),
    maxUnwrittenBytes: within('maxUnwrittenBytes', options.maxUnwrittenBytes ?? 16 * 2 ** 20, 1, 2 ** 40),
    onDamage: options.onDamage ?? (() => undefined),
    makeSafe: options.makeSafe ?? null,
    onUnsafe: options.onUnsafe ?? (() => undefined),
    runtime: options.runtime ?? systemRuntime,
  };
}
