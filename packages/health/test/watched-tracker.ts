import { ManualRuntime } from '@trader/testkit';
import {
  createHealthTracker,
  type ComponentTransition,
  type HealthTracker,
  type HealthTrackerOptions,
  type ObservedStatus,
  type OverallTransition,
  type Transition,
} from '../src/index.ts';

/** A tracker in a world of its own, and everything that it has reported. */
export type Watched<Name extends string> = {
  readonly runtime: ManualRuntime;
  readonly tracker: HealthTracker<Name>;
  readonly transitions: Transition<Name>[];
  readonly ofComponents: () => ComponentTransition<Name>[];
  readonly ofTheWhole: () => OverallTransition<Name>[];
  /** Observes now, with a reason made of the status. */
  readonly see: (name: Name, status: ObservedStatus, reason?: string) => void;
  /** Lets time pass, and tells the tracker. */
  readonly wait: (ms: number) => void;
};

export function watch<Name extends string>(options: HealthTrackerOptions<Name>): Watched<Name> {
  const runtime = new ManualRuntime();
  const transitions: Transition<Name>[] = [];
  const tracker = createHealthTracker<Name>({ runtime, onTransition: (event) => transitions.push(event), ...options });
  return {
    runtime,
    tracker,
    transitions,
    ofComponents: () => transitions.filter((transition) => transition.scope === 'component'),
    ofTheWhole: () => transitions.filter((transition) => transition.scope === 'overall'),
    see: (name, status, reason = `is ${status}`) => tracker.observe(name, { status, reason }),
    wait: (ms) => {
      runtime.advance(ms);
      tracker.tick();
    },
  };
}

/** No patience and no hold-down: every observation counts at once. */
export const immediate = { unhealthyAfterMs: 0, healthyAfterMs: 0, holdDown: false } as const;
