import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import type { Probe } from './probe.ts';
import { resolveThreshold, statusAbove, type Threshold } from './threshold.ts';

/** What {@link eventLoopDelayProbe} takes from `node:perf_hooks`; all numbers in nanoseconds. */
export interface DelayHistogram {
  enable(): void;
  disable(): void;
  reset(): void;
  percentile(percentile: number): number;
}

/** Options of {@link eventLoopDelayProbe}. */
export interface EventLoopDelayOptions {
  /** Above which delay, in ms. @default degraded 100, unhealthy 1_000 */
  readonly delayMs?: Partial<Threshold>;
  /** Which percentile of the delays since the check before the last is judged; 100: the longest. @default 99 */
  readonly percentile?: number;
  /** Makes what measures the delays; called twice. @default `monitorEventLoopDelay` */
  readonly createHistogram?: () => DelayHistogram;
}

/** How often Node samples the loop, in ms. A sample says how long it was since the one before, this included. */
const resolutionMs = 20;

const monitor = (): DelayHistogram => monitorEventLoopDelay({ resolution: resolutionMs });

/**
 * How late timers fire: the time for which other code kept the event loop busy. A stall is seen after it is over.
 *
 * @throws {TypeError | RangeError} wrong options
 */
export function eventLoopDelayProbe(options: EventLoopDelayOptions = {}): Probe {
  const { percentile = 99, createHistogram = monitor } = options;
  if (!(percentile > 0 && percentile <= 100)) throw new RangeError(`percentile must be in (0, 100], got ${percentile}`);
  const threshold = resolveThreshold('delayMs', options.delayMs, { degraded: 100, unhealthy: 1_000 }, 'above');
  // A reset forgets the moment of the last sample, and with it a stall that has begun. So there are two histograms that
  // are reset in turn, each covers the time of two checks, and what one misses the other one has.
  const histograms: [DelayHistogram, DelayHistogram] = [createHistogram(), createHistogram()];
  for (const histogram of histograms) histogram.enable();
  return {
    check: async () => {
      // A stall that has just ended is sampled in this turn, maybe behind the timer that asks.
      await setImmediate();
      histograms.reverse();
      const [histogram] = histograms;
      const delayMs = Math.max(0, histogram.percentile(percentile) / 1e6 - resolutionMs);
      histogram.reset();
      return { status: statusAbove(delayMs, threshold), reason: `event loop delayed by ${Math.round(delayMs)} ms` };
    },
    stop: () => histograms.forEach((histogram) => histogram.disable()),
  };
}
