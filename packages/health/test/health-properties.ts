// Random configurations, random observations at random times. All times are multiples of 100 ms. A test run tries some of
// them, the campaign many more.
import fc from '@trader/testkit/fast-check';
import { describe, expect, test } from 'vitest';
import {
  initialState,
  snapshotOf,
  step,
  type ComponentTransition,
  type HealthInput,
  type HealthState,
  type OverallStatus,
  type Transition,
} from '../src/index.ts';
import { naiveTransitions, slotMs } from './naive-model.ts';
import { watch } from './watched-tracker.ts';

const names = ['socket', 'feed', 'store'] as const;
const statuses = ['healthy', 'degraded', 'unhealthy'] as const;

const ms = (most: number, least = 0) => fc.integer({ min: least, max: most }).map((slots) => slots * slotMs);
const rules = fc.record({
  unhealthyAfterMs: ms(20),
  unhealthyAfterCount: fc.integer({ min: 1, max: 3 }),
  healthyAfterMs: ms(20),
  healthyAfterCount: fc.integer({ min: 1, max: 3 }),
  silentAfterMs: fc.oneof(fc.constant(Infinity), ms(60, 1)),
  holdDown: fc.record({
    baseMs: ms(20, 1),
    factor: fc.constantFrom(1, 2, 3),
    maxMs: ms(100),
    decayAfterMs: ms(50, 1),
  }),
});
const components = fc.record({
  socket: fc.record({ rules, critical: fc.boolean() }),
  feed: fc.record({ rules, critical: fc.constant(true) }),
  store: fc.record({ rules, critical: fc.boolean() }),
  dependent: fc.boolean(),
});
const graceMs = ms(50);
const fact = fc.record({
  afterMs: ms(15),
  component: fc.constantFrom(...names),
  status: fc.constantFrom(...statuses),
});
const facts = fc.array(fact, { minLength: 1, maxLength: 60 });

const optionsOf = ({ socket, feed, store, dependent }: Sample['components'], startupGraceMs: number) => ({
  startupGraceMs,
  components: {
    socket: { ...socket.rules, critical: socket.critical },
    feed: { ...feed.rules, critical: feed.critical, dependsOn: dependent ? (['socket'] as const) : [] },
    store: { ...store.rules, critical: store.critical, dependsOn: dependent ? (['feed'] as const) : [] },
  },
});
const sample = fc.record({ components, graceMs, facts });
type Sample = typeof sample extends fc.Arbitrary<infer Value> ? Value : never;

/** The facts as inputs, each reason unique, and a last tick long after them. */
function inputsOf(sample: Sample): HealthInput[] {
  let atMs = 0;
  const inputs = sample.facts.map(({ afterMs, component, status }, index): HealthInput => {
    atMs += afterMs;
    return { type: 'observation', component, status, reason: `${component} ${status} ${index}`, atMs };
  });
  return [...inputs, { type: 'tick', atMs: atMs + 60_000 }];
}

type Run = { state: HealthState; transitions: Transition[]; states: HealthState[] };

const run = (sample: Sample, inputs: readonly HealthInput[] = inputsOf(sample)): Run =>
  feed(initialState(optionsOf(sample.components, sample.graceMs), 0), inputs);

function feed(state: HealthState, inputs: readonly HealthInput[]): Run {
  const transitions: Transition[] = [];
  const states: HealthState[] = [];
  for (const input of inputs) {
    const result = step(state, input);
    transitions.push(...result.transitions);
    states.push(result.state);
    ({ state } = result);
  }
  return { state, transitions, states };
}

const alone = (sample: Sample): Sample => ({ ...sample, components: { ...sample.components, dependent: false } });
const ofComponent = (transitions: readonly Transition[], name: string): ComponentTransition[] =>
  transitions.filter((transition) => transition.scope === 'component').filter(({ component }) => component === name);
const severity = (status: string): number => statuses.indexOf(status as 'healthy');

/** Declares a test for each property, with that many samples. */
export function testProperties(numRuns: number): void {
  const runs = { numRuns };
  const check = (property: (sample: Sample) => void) => fc.assert(fc.property(sample, property), runs);

  describe('over random configurations and observations', () => {
    test('there is no transition without a cause', () =>
      check((sample) => {
        const inputs = inputsOf(sample);
        const { transitions } = run(sample, inputs);
        const observed = new Map(
          inputs.filter((input) => input.type === 'observation').map((input) => [input.reason, input]),
        );
        const isCaused = (transition: Transition): boolean => {
          if (transition.scope === 'component') {
            const { component, reason, atMs } = transition;
            const cause = observed.get(reason);
            return reason === 'silent' || (cause?.component === component && cause.atMs <= atMs);
          }
          const ofComponents = transitions.some(({ atMs, scope }) => atMs === transition.atMs && scope === 'component');
          // A failure that another component explains changes the whole without a report of its own.
          const explained = sample.components.dependent;
          const named = transition.causes.length > 0 === (transition.to !== 'healthy');
          return named && (ofComponents || explained || transition.atMs === sample.graceMs);
        };
        expect(transitions.filter((transition) => !isCaused(transition))).toEqual([]);
      }));

    test('no transition is repeated: each begins where the last one ended', () =>
      check((sample) => {
        const { transitions } = run(sample);
        for (const name of names) {
          let last: { to: string; sinceMs: number } = { to: 'unknown', sinceMs: 0 };
          for (const transition of ofComponent(transitions, name)) {
            expect(transition.from).toBe(last.to);
            expect(transition.to).not.toBe(last.to);
            expect(transition.lastedMs).toBe(transition.sinceMs - last.sinceMs);
            last = transition;
          }
        }
        let last: { to: OverallStatus; ready: boolean; live: boolean } = { to: 'starting', ready: false, live: true };
        for (const transition of transitions.filter((transition) => transition.scope === 'overall')) {
          expect(transition.from).toBe(last.to);
          const { to, ready, live } = transition;
          expect([to, ready, live]).not.toEqual([last.to, last.ready, last.live]);
          last = transition;
        }
      }));

    test('a component never gets better sooner after it got worse than its hold-down says', () =>
      check((sample) => {
        const { transitions } = run(alone(sample));
        for (const name of names) {
          const { baseMs, maxMs } = sample.components[name].rules.holdDown;
          let worseAtMs = -Infinity;
          const heldMs: number[] = [];
          for (const { from, to, atMs } of ofComponent(transitions, name)) {
            const worse = severity(to) > Math.max(0, severity(from));
            if (worse) worseAtMs = atMs;
            else heldMs.push(atMs - worseAtMs);
          }
          expect(Math.min(...heldMs)).toBeGreaterThanOrEqual(Math.min(baseMs, maxMs));
        }
      }));

    test('the whole equals the fold of its components at every step', () =>
      check((sample) => {
        let started = false;
        for (const state of run(sample).states) {
          const { components, status, ready, causes, atMs } = snapshotOf(state);
          const graceOver = atMs >= sample.graceMs;
          const all = Object.values(components);
          const critical = all.filter((component) => component.critical);
          const allCriticalHealthy = critical.every((component) => component.status === 'healthy');
          started ||= graceOver || allCriticalHealthy;
          const failed = (component: (typeof all)[number]) =>
            component.status === 'unhealthy' || (component.status === 'unknown' && graceOver);
          const flawed = (component: (typeof all)[number]) => failed(component) || component.status === 'degraded';
          const fold = critical.some(failed) ? 'unhealthy' : all.some(flawed) ? 'degraded' : 'healthy';
          expect(ready).toBe(allCriticalHealthy);
          expect(status).toBe(started ? fold : 'starting');
          expect(causes.length > 0).toBe(status !== 'healthy');
        }
      }));

    test('the same inputs give the same output, and a step changes nothing that it was given', () =>
      check((sample) => {
        const inputs = inputsOf(sample);
        const first = run(sample, inputs);
        expect(run(sample, inputs)).toEqual(first);
        const middle = first.states[Math.floor(first.states.length / 2)]!;
        const before = structuredClone(middle);
        step(middle, { type: 'tick', atMs: middle.nowMs + 60_000 });
        expect(middle).toEqual(before);
      }));

    test('the result does not depend on how often somebody ticks', () =>
      fc.assert(
        fc.property(sample, fc.array(fc.nat(4_000), { maxLength: 40 }), (sample, tickSlots) => {
          const inputs = inputsOf(sample);
          // Half a slot late, so that no tick comes before an observation of the same moment.
          const ticks = tickSlots.map((slot): HealthInput => ({
            type: 'tick',
            atMs: (slot % 1_000) * slotMs + slotMs / 2,
          }));
          const lastMs = inputs.at(-1)!.atMs;
          const mixed = [...inputs, ...ticks.filter(({ atMs }) => atMs < lastMs)].toSorted((a, b) => a.atMs - b.atMs);
          expect(run(sample, mixed).transitions).toEqual(run(sample, inputs).transitions);
        }),
        runs,
      ));

    test('time never goes back: what is dated earlier counts as now, and is counted', () =>
      fc.assert(
        fc.property(
          sample,
          fc.array(fc.integer({ min: -50, max: 0 }), { minLength: 61, maxLength: 61 }),
          (sample, shifts) => {
            const inputs = inputsOf(sample);
            const backdated = inputs.map((input, index) => ({
              ...input,
              atMs: input.atMs + shifts[index % 61]! * slotMs,
            }));
            const latest: number[] = [];
            for (const { atMs } of backdated) latest.push(Math.max(0, latest.at(-1) ?? 0, atMs));
            const clamped = backdated.map((input, index) => ({ ...input, atMs: latest[index]! }));
            const result = run(sample, backdated);
            expect(result.transitions).toEqual(run(sample, clamped).transitions);
            expect(result.transitions.map(({ atMs }) => atMs)).toEqual(
              result.transitions.map(({ atMs }) => atMs).toSorted((a, b) => a - b),
            );
            const moved = backdated.filter(({ atMs }, index) => atMs < latest[index]!).length;
            expect(result.state.backdatedInputs).toBe(moved);
          },
        ),
        runs,
      ));

    test('a jump of the wall clock changes nothing', () =>
      fc.assert(
        fc.property(sample, fc.array(fc.integer(), { minLength: 1 }), (sample, jumps) => {
          const play = (jumping: boolean) => {
            const watched = watch(optionsOf(sample.components, sample.graceMs));
            const realNow = Date.now;
            try {
              sample.facts.forEach(({ afterMs, component, status }, index) => {
                if (jumping) Date.now = () => realNow() + jumps[index % jumps.length]!;
                watched.wait(afterMs);
                watched.see(component, status);
              });
            } finally {
              Date.now = realNow;
            }
            return [watched.transitions, watched.tracker.snapshot()];
          };
          expect(play(true)).toEqual(play(false));
        }),
        { numRuns: Math.ceil(numRuns / 4) },
      ));

    test('each component does what a naive model does that reads the whole log every 100 ms', () =>
      check((sample) => {
        const inputs = inputsOf(sample);
        for (const name of names) {
          const { rules } = sample.components[name];
          const seen = inputs
            .filter((input) => input.type === 'observation')
            .filter(({ component }) => component === name);
          const options = { components: { [name]: { ...rules, critical: true } }, startupGraceMs: sample.graceMs };
          const { transitions } = feed(initialState(options, 0), [...seen, inputs.at(-1)!]);
          const expected = naiveTransitions(rules, sample.graceMs, seen, inputs.at(-1)!.atMs);
          expect(ofComponent(transitions, name).map(({ atMs, from, to }) => ({ atMs, from, to }))).toEqual(expected);
        }
      }));

    test('after the last fault everything heals, and times and counts add up', () =>
      check((sample) => {
        // Twice a slot: no observation comes at the moment of another component's deadline.
        let { state } = run(sample);
        const untilMs = state.nowMs + 15_000;
        while (state.nowMs < untilMs) {
          const atMs = state.nowMs + slotMs / 2;
          for (const component of names) {
            ({ state } = step(state, { type: 'observation', component, status: 'healthy', reason: 'back', atMs }));
          }
        }
        const { ready, status, timeInMs, atMs, components } = snapshotOf(state);
        expect([ready, status]).toEqual([true, 'healthy']);
        const sum = (record: Readonly<Record<string, number>>) => Object.values(record).reduce((a, b) => a + b, 0);
        expect(sum(timeInMs)).toBe(atMs);
        for (const component of Object.values(components)) expect(sum(component.timeInMs)).toBe(atMs);
      }));
  });
}
