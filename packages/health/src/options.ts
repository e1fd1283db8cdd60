import { mapValues } from './core/map-values.ts';
import type { TransitionListener } from './events.ts';
import type { HealthRuntime } from './runtime.ts';

/** How long a component that got worse stays so at least; grows with each flap, as in outlier ejection. */
export interface HoldDownOptions {
  /** After the first failure, in ms; at least 1. @default 10_000 */
  readonly baseMs?: number;
  /** What each further flap multiplies it by; at least 1. @default 2 */
  readonly factor?: number;
  /** It is never longer than this, in ms. `0`: no hold-down. @default 300_000 */
  readonly maxMs?: number;
  /** One flap is forgotten for each such stretch without a failure, in ms; at least 1. @default 300_000 */
  readonly decayAfterMs?: number;
}

/** How one component is judged. All durations are in ms. */
export interface ComponentOptions<Name extends string = string> {
  /** Whether the whole is only ready while this is healthy. A component that is not critical can only degrade it. */
  readonly critical: boolean;
  /** How long observations must be worse, without a break, before the component is. `0`: at once. @default 0 */
  readonly unhealthyAfterMs?: number;
  /** How many observations in a row must be worse; both this and `unhealthyAfterMs` must be met. @default 1 */
  readonly unhealthyAfterCount?: number;
  /** How long observations must be better, without a break, before the component is. @default 5_000 */
  readonly healthyAfterMs?: number;
  /** How many observations in a row must be better; both this and `healthyAfterMs` must be met. @default 1 */
  readonly healthyAfterCount?: number;
  /**
   * Makes the component `unhealthy` with reason `silent` when it was not observed for this long. It waits for the
   * startup grace, and for nothing else. Off by default: silence is not evidence. @default Infinity
   */
  readonly silentAfterMs?: number;
  /**
   * Turns liveness false once the component has been `unhealthy` for this long, which asks a supervisor for a
   * restart. Readiness is not affected by it. @default Infinity
   */
  readonly fatalAfterMs?: number;
  /** Flap hold-down; `false` switches it off. */
  readonly holdDown?: HoldDownOptions | false;
  /**
   * Components whose failure explains a failure of this one that is no worse: it is then not reported again. They
   * are to be declared before it.
   */
  readonly dependsOn?: readonly Name[];
}

/** Options of `createHealthTracker`. */
export interface HealthTrackerOptions<Name extends string = string> {
  /** The components, at least one of them critical, by name. */
  readonly components: Readonly<Record<Name, ComponentOptions<NoInfer<Name>>>>;
  /**
   * For this long after the start the whole is `starting` instead of unhealthy, and components that were never
   * healthy are `unknown` instead of failed; in ms. It ends early when every critical component is healthy.
   * @default 30_000
   */
  readonly startupGraceMs?: number;
  /** How many transitions `history()` keeps; older ones are dropped and counted. `0`: none. @default 100 */
  readonly historyLimit?: number;
  /** The stretch that `availability` looks back over, in ms. @default 3_600_000 */
  readonly availabilityWindowMs?: number;
  /** Lets the tracker call `tick` itself, by one timer of the runtime. Then `close()` it. @default false */
  readonly autoTick?: boolean;
  /** Clock and timers. @default `performance.now()` and `setTimeout` */
  readonly runtime?: HealthRuntime;
  /** The same as `on('transition', …)`, in place before the first transition. */
  readonly onTransition?: TransitionListener<NoInfer<Name>>;
}

/** The part of the options that the pure core needs. */
export type HealthStateOptions<Name extends string = string> = Pick<
  HealthTrackerOptions<Name>,
  'components' | 'startupGraceMs' | 'availabilityWindowMs'
>;

/** One component's options, checked, with every default filled in. */
export type ComponentRules = Required<Omit<ComponentOptions, 'holdDown'>> & {
  readonly holdDown: Required<HoldDownOptions>;
};

/** The default and the least. `Infinity` is accepted where it is the default. */
type NumberRule = readonly [fallback: number, least?: number];

const componentNumbers = {
  unhealthyAfterMs: [0],
  unhealthyAfterCount: [1, 1],
  healthyAfterMs: [5_000],
  healthyAfterCount: [1, 1],
  silentAfterMs: [Infinity, 1],
  fatalAfterMs: [Infinity],
} as const;

const holdDownNumbers = { baseMs: [10_000, 1], factor: [2, 1], maxMs: [300_000], decayAfterMs: [300_000, 1] } as const;

/**
 * Checks the components' options and fills in the defaults.
 *
 * @throws {TypeError} a value of the wrong type, or a dependency on a component that is not declared before
 * @throws {RangeError} a number out of range
 */
export function resolveComponents(options: HealthStateOptions['components']): Readonly<Record<string, ComponentRules>> {
  const declared: string[] = [];
  const components = mapValues(
    options,
    ({ critical, dependsOn = [], holdDown = {}, ...numbers }, name): ComponentRules => {
      const path = `components.${name}.`;
      if (typeof critical !== 'boolean') {
        throw new TypeError(`${path}critical must be true or false, got ${String(critical)}`);
      }
      const stranger = dependsOn.find((parent) => !declared.includes(parent));
      // Declared before also means that dependencies cannot go in a circle.
      if (stranger !== undefined) throw new TypeError(`${path}dependsOn must be declared before it, got ${stranger}`);
      declared.push(name);
      return {
        critical,
        dependsOn: [...dependsOn],
        holdDown: resolveNumbers(holdDown === false ? { maxMs: 0 } : holdDown, holdDownNumbers, `${path}holdDown.`),
        ...resolveNumbers(numbers, componentNumbers, path),
      };
    },
  );
  // Without one the whole would always be ready, which says nothing.
  if (!Object.values(components).some(({ critical }) => critical)) {
    throw new TypeError(`none of the components is critical, got ${declared.join()}`);
  }
  return components;
}

/** Takes the numbers that `rules` names out of `options`, and refuses those out of range. */
export function resolveNumbers<Key extends string>(
  options: object,
  rules: Readonly<Record<Key, NumberRule>>,
  path = '',
): Record<Key, number> {
  const given = options as Readonly<Record<string, number | string | undefined>>;
  return mapValues(rules, ([fallback, least = 0], key) => {
    const value = given[key] ?? fallback;
    if (typeof value === 'number' && value >= least && (value < Infinity || value === fallback)) return value;
    const kind = typeof value === 'number' ? RangeError : TypeError;
    throw new kind(`${path}${key} must be a finite number from ${least}, got ${String(value)}`);
  });
}
