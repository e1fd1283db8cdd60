import { nextDeadlineMs, initialState } from './core/state.ts';
import { step, type HealthInput } from './core/step.ts';
import { createEmitter } from './emitter.ts';
import type { HealthEvents, Transition } from './events.ts';
import { resolveNumbers, type HealthTrackerOptions } from './options.ts';
import { createRateLimiter, type RateLimiter } from './rate-limiter.ts';
import { systemRuntime } from './runtime.ts';
import { snapshotOf, type HealthSnapshot } from './snapshot.ts';
import type { ObservedStatus } from './status.ts';

/** Turns observations into health. Reading it never changes anything. */
export interface HealthTracker<Name extends string = string> {
  /**
   * Says what somebody found out about a component. Lets deadlines pass first, as `tick` does.
   *
   * @param observation.atMs monotonic ms; default now
   * @throws {HealthError} `UNKNOWN_COMPONENT`, `INVALID_INPUT`
   */
  observe(
    name: Name,
    observation: { readonly status: ObservedStatus; readonly reason: string; readonly atMs?: number },
  ): void;
  /**
   * Lets time pass: whatever was due until now happens, each at its own moment.
   *
   * @param nowMs monotonic ms; default now
   */
  tick(nowMs?: number): void;
  /**
   * Registers a listener. Events come in the order in which they came about.
   *
   * @returns removes the listener again; calling it twice is harmless
   */
  on<Type extends keyof HealthEvents>(type: Type, listener: (event: HealthEvents<Name>[Type]) => void): () => void;
  /** Everything at once. Statuses are those of the latest step; durations count until now. */
  snapshot(): HealthSnapshot<Name>;
  /** Whether all critical components are healthy and nothing drains: whether to send work. */
  isReady(): boolean;
  /** Whether to leave the process alone. False only when a component has been unhealthy for its `fatalAfterMs`. */
  isLive(): boolean;
  /** The latest transitions, oldest first; at most `historyLimit`. */
  history(): readonly Transition<Name>[];
  /** Readiness false and liveness true, for ever. Components are still tracked. Calling it twice is harmless. */
  drain(): void;
  /** Reports at most once in `everyMs` for each key, and says how many it swallowed. */
  readonly rateLimited: RateLimiter;
  /** Cancels the timer of `autoTick` and removes every listener. Calling it twice is harmless. */
  close(): void;
  [Symbol.dispose](): void;
}

/**
 * Creates a tracker; its startup grace begins now.
 *
 * @throws {TypeError | RangeError} wrong options, with the value
 * @example
 * const tracker = createHealthTracker({ components: { feed: { critical: true }, store: { critical: false } } });
 * tracker.on('transition', ({ scope, from, to, reason }) => console.log(scope, from, '->', to, reason));
 * tracker.observe('feed', { status: 'healthy', reason: 'connected' });
 * tracker.isReady(); // true
 */
export function createHealthTracker<Name extends string>(options: HealthTrackerOptions<Name>): HealthTracker<Name> {
  const { runtime = systemRuntime, onTransition } = options;
  const now = (): number => runtime.monotonicMs();
  const { historyLimit } = resolveNumbers(options, { historyLimit: [100] });
  const emitter = createEmitter<Name>();
  if (onTransition) emitter.on('transition', onTransition);
  const history: Transition<Name>[] = [];
  let historyDropped = 0;
  let state = initialState(options, now());
  let { autoTick } = options;
  let disarm = (): void => undefined;

  const take = (input: HealthInput): void => {
    const result = step(state, input);
    ({ state } = result);
    arm();
    const transitions = result.transitions as Transition<Name>[];
    history.push(...transitions);
    historyDropped += history.splice(0, history.length - historyLimit).length;
    emitter.emit(transitions);
  };

  // Timers may fire early: the tick then finds nothing to do, and arms for the same deadline once more.
  const arm = (): void => {
    disarm();
    const dueMs = autoTick ? nextDeadlineMs(state) : Infinity;
    if (dueMs < Infinity) disarm = runtime.setTimer(dueMs - now(), () => tick());
  };

  const tick = (atMs = now()): void => take({ type: 'tick', atMs });

  const close = (): void => {
    autoTick = false;
    arm();
    emitter.clear();
  };

  arm();
  return {
    observe: (component, observation) => take({ atMs: now(), ...observation, component, type: 'observation' }),
    tick,
    on: emitter.on,
    snapshot: () =>
      ({
        ...snapshotOf(state, Math.max(state.nowMs, now())),
        counters: {
          backdatedInputs: state.backdatedInputs,
          explainedFailures: state.explainedFailures,
          historyDropped,
          listenerFailures: emitter.failures(),
        },
      }) as HealthSnapshot<Name>,
    isReady: () => state.overall.ready,
    isLive: () => state.overall.live,
    history: () => [...history],
    drain: () => take({ atMs: now(), type: 'drain' }),
    rateLimited: createRateLimiter(runtime),
    close,
    [Symbol.dispose]: close,
  };
}
