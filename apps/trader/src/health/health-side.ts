// How the trader's parts are: what they say of themselves into the health tracker, and what follows from it to the
// coordinator, to whoever listens, and to the log.
import {
  createHealthTracker,
  HealthError,
  type ComponentSnapshot,
  type HealthSnapshot,
  type HealthTracker,
  type Transition,
} from '@trader/health';
import type { FeedHealth } from '../feed/feed-to-health.ts';
import type { StoreFailure } from '../store/store-failures.ts';
import { Machine, machineComponents, type MachineComponent } from './machine.ts';
import { storeToHealth } from './store-to-health.ts';
import { FEED } from '../coordinator/state.ts';
import type { CoordinatorFact } from '../coordinator/step.ts';
import { messageOf } from '../errors.ts';
import type { EventLog } from '../event-log.ts';
import type { Log } from '../log/log.ts';
import { systemRuntime, type Runtime } from '../runtime/system-runtime.ts';
import type { WallTimes } from '../runtime/wall-times.ts';

type Component = 'feed' | 'reading' | 'markets' | 'spool' | 'store' | MachineComponent;

/** How long the feed must be read again before that is said. */
const READ_AGAIN_MS = 1_000;

export type HealthSideOptions = {
  /** A cut of the feed that is shorter changes nothing, ms. */
  readonly holdDownMs: number;
  readonly events: EventLog;
  readonly log: Log;
  readonly tell: (fact: CoordinatorFact) => void;
  /** Where records wait, or are stored; `null`: on no disk of this machine. */
  readonly folder: string | null;
  /** @default the system's */
  readonly runtime?: Pick<Runtime, 'monotonicMs' | 'setTimer'>;
};

export class HealthSide {
  readonly #options: HealthSideOptions;
  readonly #tracker: HealthTracker<Component>;
  #machine: Machine | null = null;

  constructor(options: HealthSideOptions) {
    this.#options = options;
    this.#tracker = createHealthTracker({
      components: {
        feed: { critical: true, unhealthyAfterMs: options.holdDownMs, healthyAfterMs: 0, holdDown: false },
        // Said at once. Whether it lasts longer than a cut may, and ends the session, the feed says.
        reading: { critical: true, unhealthyAfterMs: 0, healthyAfterMs: READ_AGAIN_MS, holdDown: false },
        // What was asked for cannot be recorded. What can be, is: it ends no session.
        markets: { critical: true, unhealthyAfterMs: 0, healthyAfterMs: 0, holdDown: false },
        // Its disk is full or broken. What is recorded then lives in memory until the database has it.
        spool: { critical: true, unhealthyAfterMs: 0, holdDown: false },
        // Away for a while is what the spool, or memory, is for.
        store: { critical: false },
        ...machineComponents,
      },
      autoTick: true,
      runtime: options.runtime ?? systemRuntime,
      onTransition: (transition) => this.#changed(transition),
    });
    this.#tracker.on('listener-failed', ({ error }) => this.#failed('a change of health could not be told', error));
  }

  /** Nothing is known yet: the tracker says so to nobody, and what is not known must not count as healthy. */
  start(): void {
    const onError = (error: HealthError): void => this.#options.log.warn({ code: error.code }, error.message);
    this.#machine = new Machine({ tracker: this.#tracker, folder: this.#options.folder, onError });
    for (const { component, critical } of Object.values(this.#tracker.snapshot().components)) {
      if (!critical || component === FEED) continue;
      const health = { status: 'unknown', reason: 'no observation yet' } as const;
      this.#options.tell({ type: 'health-changed', component, health });
    }
  }

  snapshot(): HealthSnapshot<Component> {
    return this.#tracker.snapshot();
  }

  /** Of the disk on which records wait, or are stored; `null` until it has been read. */
  get diskFreeBytes(): number | null {
    return this.#machine?.diskFreeBytes ?? null;
  }

  observeFeed(health: FeedHealth): void {
    this.#observe('feed', health);
  }

  observeReading(health: FeedHealth): void {
    this.#observe('reading', health);
  }

  observeMarkets(health: FeedHealth): void {
    this.#observe('markets', health);
  }

  observeStore(failures: readonly StoreFailure[]): void {
    const { spool, store } = storeToHealth(failures);
    this.#observe('spool', spool);
    this.#observe('store', store);
  }

  /** No work is to be sent any more. */
  drain(): void {
    this.#tracker.drain();
  }

  close(): void {
    this.#machine?.stop();
    this.#tracker.close();
  }

  /** One that cannot be taken keeps none of the others from being made. */
  #observe(component: Component, observation: FeedHealth): void {
    try {
      this.#tracker.observe(component, observation);
    } catch (error) {
      this.#failed(`an observation of ${component} could not be taken`, error);
    }
  }

  #failed(what: string, error: unknown): void {
    const code = HealthError.isInstance(error) ? error.code : 'UNEXPECTED';
    this.#options.log.error({ code }, `${what}: ${messageOf(error)}`);
  }

  #changed(transition: Transition<Component>): void {
    const { events, log, tell } = this.#options;
    const { scope, from, to, reason } = transition;
    const component = scope === 'component' ? transition.component : null;
    events.add({ type: 'health', component, from, to, reason, atMs: systemRuntime.nowMs() });
    const subject = component ?? 'the whole';
    const isWorse = scope === 'component' && transition.critical && (to === 'degraded' || to === 'unhealthy');
    log[isWorse ? 'warn' : 'info']({ subject, from, to, reason }, `health of ${subject}: ${from} → ${to}: ${reason}`);
    if (scope !== 'component' || !transition.critical) return;
    const health = { status: transition.to, reason };
    tell({ type: 'health-changed', component: transition.component, health });
  }
}

/** The same, with the wall clock's times for monotonic ones where it tells since when something is so. */
export function inWallTimes<Name extends string>(
  health: HealthSnapshot<Name>,
  times: Pick<WallTimes, 'of'>,
): HealthSnapshot<Name> {
  const since = <Told extends { readonly sinceMs: number }>(told: Told) => ({
    ...told,
    sinceMs: times.of(told.sinceMs),
  });
  const components = Object.entries<ComponentSnapshot<Name>>(health.components);
  return {
    ...health,
    causes: health.causes.map(since),
    components: Object.fromEntries(components.map(([name, told]) => [name, since(told)])) as typeof health.components,
  };
}
