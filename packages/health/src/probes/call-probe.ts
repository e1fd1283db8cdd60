import { systemRuntime, type HealthRuntime } from '../runtime.ts';
import type { Probe } from './probe.ts';
import { resolveThreshold, statusAbove, type Threshold } from './threshold.ts';

/** Options of {@link callProbe}. */
export interface CallOptions {
  /** Resolves when all is well. It should heed the signal, which is aborted when its time is over. */
  readonly call: (signal: AbortSignal) => Promise<unknown>;
  /** Above which duration of a call that succeeds, in ms. Off by default. @default Infinity */
  readonly durationMs?: Partial<Threshold>;
  /** The clock. @default `performance.now()` */
  readonly runtime?: Pick<HealthRuntime, 'monotonicMs'>;
}

/**
 * Any asynchronous check: a query, a request, a file. Its deadline is the `timeoutMs` of `startProbe`.
 *
 * @throws {TypeError | RangeError} wrong options
 */
export function callProbe(options: CallOptions): Probe {
  const { call, runtime = systemRuntime } = options;
  if (typeof call !== 'function') throw new TypeError(`call must be a function, got ${String(call)}`);
  const off = { degraded: Infinity, unhealthy: Infinity };
  const threshold = resolveThreshold('durationMs', options.durationMs, off, 'above');
  return {
    check: async (signal) => {
      const startedAtMs = runtime.monotonicMs();
      await call(signal);
      const durationMs = runtime.monotonicMs() - startedAtMs;
      return { status: statusAbove(durationMs, threshold), reason: `answered in ${Math.round(durationMs)} ms` };
    },
  };
}
