// Asks a probe in an even rhythm and tells the tracker what it said. One check at a time: a check that does not end in
// time is reported at every beat, and asked again only once it has ended, so that a hanging disk or database never
// collects a pile of checks.
import { HealthError } from '../errors.ts';
import { resolveNumbers } from '../options.ts';
import { systemRuntime, type HealthRuntime } from '../runtime.ts';
import type { HealthTracker } from '../tracker.ts';
import type { Probe, ProbeResult } from './probe.ts';

/** Options of {@link startProbe}. */
export interface StartProbeOptions<Name extends string = string> {
  /** Who is told. */
  readonly tracker: Pick<HealthTracker<Name>, 'observe'>;
  /** The component that the probe speaks for. */
  readonly component: Name;
  readonly probe: Probe;
  /** From the start of one check to the start of the next, in ms. @default 10_000 */
  readonly everyMs?: number;
  /** How long a check may take before the component is observed `unhealthy`, in ms. @default 5_000 */
  readonly timeoutMs?: number;
  /**
   * Gets each failure of a check, with what the check threw as `cause`. The observation's reason holds only the name
   * or code of that, since messages may hold secrets.
   */
  readonly onError?: (error: HealthError) => void;
  /** Clock and timers. @default `performance.now()` and `setTimeout` */
  readonly runtime?: HealthRuntime;
}

/** What became of the checks so far. */
export interface ProbeCounters {
  readonly started: number;
  readonly failed: number;
  readonly timedOut: number;
  /** Beats at which nothing was asked because the previous check had not ended. */
  readonly skipped: number;
  /** Answers that came after the time was over, and were not told. */
  readonly late: number;
}

/** A probe that is being asked. */
export interface RunningProbe {
  counters(): ProbeCounters;
  /** Aborts the check that runs, if any, and asks no more; no timer is left. Calling it twice is harmless. */
  stop(): void;
  [Symbol.dispose](): void;
}

/**
 * Asks a probe now and every `everyMs`, and tells the tracker each answer.
 *
 * @throws {RangeError} `everyMs` or `timeoutMs` out of range
 * @example
 * using running = startProbe({ tracker, component: 'event-loop', probe: eventLoopDelayProbe() });
 */
export function startProbe<Name extends string>(options: StartProbeOptions<Name>): RunningProbe {
  const { tracker, component, probe, onError, runtime = systemRuntime } = options;
  const { everyMs, timeoutMs } = resolveNumbers(options, { everyMs: [10_000, 1], timeoutMs: [5_000, 1] });
  const counters = { started: 0, failed: 0, timedOut: 0, skipped: 0, late: 0 };
  let stopped = false;
  let running: { readonly abort: AbortController; overdue: boolean } | undefined;
  let cancelBeat = (): void => undefined;
  let cancelTimeout = (): void => undefined;

  const fail = (code: 'CHECK_FAILED' | 'CHECK_TIMED_OUT', reason: string, cause?: unknown): void => {
    tracker.observe(component, { status: 'unhealthy', reason });
    onError?.(new HealthError(code, component, `The check of ${component}: ${reason}`, { cause }));
  };

  const beat = (): void => {
    cancelBeat = runtime.setTimer(everyMs, beat);
    if (!running) return start();
    counters.skipped += 1;
    // Observed once more, so that a component that has to report does not fall silent behind a check that hangs.
    if (running.overdue) tracker.observe(component, { status: 'unhealthy', reason: timedOut(timeoutMs) });
  };

  const start = (): void => {
    const run = { abort: new AbortController(), overdue: false };
    running = run;
    counters.started += 1;
    cancelTimeout = runtime.setTimer(timeoutMs, () => {
      run.overdue = true;
      counters.timedOut += 1;
      fail('CHECK_TIMED_OUT', timedOut(timeoutMs));
      run.abort.abort();
    });
    const end = (tell: () => void): void => {
      running = undefined;
      cancelTimeout();
      if (stopped) return;
      if (run.overdue) counters.late += 1;
      else tell();
    };
    ask(probe, run.abort.signal).then(
      (result) => end(() => tracker.observe(component, result)),
      (error: unknown) =>
        end(() => {
          counters.failed += 1;
          fail('CHECK_FAILED', `check failed with ${nameOf(error)}`, error);
        }),
    );
  };

  const stop = (): void => {
    if (stopped) return;
    stopped = true;
    cancelBeat();
    cancelTimeout();
    running?.abort.abort();
    probe.stop?.();
  };

  beat();
  return { counters: () => ({ ...counters }), stop, [Symbol.dispose]: stop };
}

/** Also a check that throws before it returns a promise is a rejection. */
const ask = async (probe: Probe, signal: AbortSignal): Promise<ProbeResult> => probe.check(signal);

const timedOut = (timeoutMs: number): string => `check did not end within ${timeoutMs} ms`;

function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return 'no error object';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
