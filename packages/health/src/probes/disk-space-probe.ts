import { statfs } from 'node:fs/promises';
import type { Probe } from './probe.ts';
import { resolveThreshold, statusBelow, type Threshold } from './threshold.ts';

/** Options of {@link diskSpaceProbe}. */
export interface DiskSpaceOptions {
  /** Any file or folder on the disk in question. */
  readonly path: string;
  /** Below how many free bytes. @default degraded 1e9, unhealthy 1e8 */
  readonly freeBytes?: Partial<Threshold>;
  /** Where the numbers come from. @default `statfs` of `node:fs/promises` */
  readonly read?: (path: string) => Promise<{ readonly bavail: number; readonly bsize: number }>;
}

/**
 * The space that is left for this user on the disk that holds `path`.
 *
 * @throws {TypeError | RangeError} wrong options
 */
export function diskSpaceProbe(options: DiskSpaceOptions): Probe {
  const { path, read = statfs } = options;
  if (typeof path !== 'string' || path === '') throw new TypeError(`path must be a path, got ${JSON.stringify(path)}`);
  const threshold = resolveThreshold('freeBytes', options.freeBytes, { degraded: 1e9, unhealthy: 1e8 }, 'below');
  return {
    check: async () => {
      const { bavail, bsize } = await read(path);
      const freeBytes = bavail * bsize;
      return { status: statusBelow(freeBytes, threshold), reason: `${Math.round(freeBytes / 1e6)} MB of disk left` };
    },
  };
}
