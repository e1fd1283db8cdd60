// What users' editors and compilers see of the main entry; the type check runs it.
import { expectTypeOf, test } from 'vitest';
import {
  createHealthTracker,
  HealthError,
  step,
  type ComponentTransition,
  type HealthErrorCode,
  type HealthState,
  type HealthTracker,
  type Transition,
} from '../src/index.ts';

const options = { components: { feed: { critical: true }, store: { critical: false, dependsOn: ['feed'] } } } as const;

test('the names of the components are known wherever one is asked for', () => {
  const tracker = createHealthTracker(options);
  expectTypeOf(tracker).toEqualTypeOf<HealthTracker<'feed' | 'store'>>();
  expectTypeOf<(typeof tracker)['observe']>().parameter(0).toEqualTypeOf<'feed' | 'store'>();
  expectTypeOf(tracker.snapshot().components).toHaveProperty('store');
  // @ts-expect-error no such component
  tracker.observe('socket', { status: 'healthy', reason: 'connected' });
  // @ts-expect-error no such status
  tracker.observe('feed', { status: 'fine', reason: 'connected' });
  // @ts-expect-error depends on a component that is not there
  createHealthTracker({ components: { feed: { critical: true, dependsOn: ['socket'] } } });
});

test('a transition is told apart by its scope', () => {
  const tracker = createHealthTracker(options);
  expectTypeOf(tracker.history()).toEqualTypeOf<readonly Transition<'feed' | 'store'>[]>();
  const [transition] = tracker.history();
  if (transition?.scope === 'component') {
    expectTypeOf(transition).toEqualTypeOf<ComponentTransition<'feed' | 'store'>>();
    expectTypeOf(transition.component).toEqualTypeOf<'feed' | 'store'>();
  }
});

test('a listener gets what its event has, and is removed by a function', () => {
  const tracker = createHealthTracker(options);
  const remove = tracker.on('transition', (event) => expectTypeOf(event).toEqualTypeOf<Transition<'feed' | 'store'>>());
  expectTypeOf(remove).toEqualTypeOf<() => void>();
});

test('the pure step takes a state and gives the next one', () => {
  expectTypeOf(step).parameter(0).toEqualTypeOf<HealthState>();
  expectTypeOf(step).returns.toHaveProperty('state').toEqualTypeOf<HealthState>();
});

test('an error that is recognised has a code', () => {
  const error: unknown = undefined;
  if (HealthError.isInstance(error)) expectTypeOf(error.code).toEqualTypeOf<HealthErrorCode>();
  expectTypeOf<'UNKNOWN_COMPONENT'>().toExtend<HealthErrorCode>();
});
