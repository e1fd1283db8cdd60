import { memoryUsage } from 'node:process';
import { getHeapStatistics } from 'node:v8';
import { bySeverity, severityOf } from '../status.ts';
import type { Probe } from './probe.ts';
import { resolveThreshold, statusAbove, type Threshold } from './threshold.ts';

/** What the process uses. */
export interface MemoryReading {
  readonly heapUsedBytes: number;
  readonly heapLimitBytes: number;
  readonly rssBytes: number;
}

/** Options of {@link memoryProbe}. */
export interface MemoryOptions {
  /** Above which share of V8's heap limit, 0 to 1. @default degraded 0.8, unhealthy 0.95 */
  readonly heapRatio?: Partial<Threshold>;
  /** Above which resident set size, in bytes. Off by default: the limit depends on the machine. @default Infinity */
  readonly rssBytes?: Partial<Threshold>;
  /** Where the numbers come from. @default `node:process` and `node:v8` */
  readonly read?: () => MemoryReading;
}

const readMemory = (): MemoryReading => ({
  heapUsedBytes: getHeapStatistics().used_heap_size,
  heapLimitBytes: getHeapStatistics().heap_size_limit,
  rssBytes: memoryUsage.rss(),
});

/**
 * Heap against V8's limit and resident set size against yours; the worse of the two counts.
 *
 * @throws {TypeError | RangeError} wrong options
 */
export function memoryProbe(options: MemoryOptions = {}): Probe {
  const { read = readMemory } = options;
  const off = { degraded: Infinity, unhealthy: Infinity };
  const heap = resolveThreshold('heapRatio', options.heapRatio, { degraded: 0.8, unhealthy: 0.95 }, 'above');
  const rss = resolveThreshold('rssBytes', options.rssBytes, off, 'above');
  return {
    check: () => {
      const { heapUsedBytes, heapLimitBytes, rssBytes } = read();
      const heapRatio = heapUsedBytes / heapLimitBytes;
      const severities = [statusAbove(heapRatio, heap), statusAbove(rssBytes, rss)].map(severityOf);
      const reason = `heap at ${Math.round(heapRatio * 100)} % of its limit, resident ${Math.round(rssBytes / 1e6)} MB`;
      return { status: bySeverity[Math.max(...severities)]!, reason };
    },
  };
}
