// Carries a storm out: injects what the plan says when it says so, until it is over, is ended, or nobody looks any more.
import { createSignal, onCleanup, type Accessor } from 'solid-js';
import { STORM_MS, stormPlan, type StormStep } from './storm-plan.ts';

export type Storm = {
  /** Until when, on the monotonic clock; `null`: there is none. */
  readonly endsAtMs: Accessor<number | null>;
  /** Does nothing while there is one. */
  readonly start: (names: Parameters<typeof stormPlan>[0]) => void;
  readonly stop: () => void;
};

/** @param inject whether the trader took it; what is refused ends the storm */
export function createStorm(inject: (step: StormStep) => Promise<boolean>): Storm {
  const [endsAtMs, setEndsAtMs] = createSignal<number | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;

  const stop = (): void => {
    clearTimeout(timer);
    setEndsAtMs(null);
  };
  const go = (steps: readonly StormStep[], index: number, endMs: number): void => {
    const step = steps[index];
    const dueMs = step ? endMs - STORM_MS + step.atMs : endMs;
    timer = setTimeout(
      () => {
        // A page that slept does not make up for it.
        if (!step || performance.now() >= endMs) return stop();
        go(steps, index + 1, endMs);
        void inject(step).then((isTaken) => !isTaken && endsAtMs() === endMs && stop());
      },
      Math.max(dueMs - performance.now(), 0),
    );
  };
  onCleanup(stop);
  return {
    endsAtMs,
    start(names) {
      if (endsAtMs() !== null) return;
      const endMs = performance.now() + STORM_MS;
      setEndsAtMs(endMs);
      go(stormPlan(names, crypto.getRandomValues(new Int32Array(1))[0]!), 0, endMs);
    },
    stop,
  };
}
