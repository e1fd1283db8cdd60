// The tracker as a function. Whatever is due before an input happens first, each at its own moment, so the result does
// not depend on how often somebody ticks. An observation made at the very moment of its component's deadline still
// counts, unless something else was told at that moment before it.
import { HealthError } from '../errors.ts';
import type { Transition } from '../events.ts';
import { bySeverity, severityOf, type ObservedStatus } from '../status.ts';
import { fatalDueMs, observeComponent, settleComponent, type ComponentState } from './component.ts';
import { mapValues } from './map-values.ts';
import { causesOf, explanation, foldComponents, type OverallState } from './overall.ts';
import { nextDeadlineMs, type HealthState } from './state.ts';
import { tallyChange } from './tally.ts';

/** A fact for {@link step}, with its time in monotonic ms. */
export type HealthInput =
  | {
      readonly type: 'observation';
      readonly component: string;
      readonly status: ObservedStatus;
      readonly reason: string;
      readonly atMs: number;
    }
  | { readonly type: 'tick'; readonly atMs: number }
  | { readonly type: 'drain'; readonly atMs: number };

/**
 * Takes one fact in. Pure: the same state and input give the same result, and the state given is left as it was.
 *
 * An input dated before an earlier one is taken as if it had come with that one, and counted.
 *
 * @throws {HealthError} `UNKNOWN_COMPONENT`, `INVALID_INPUT`
 */
export function step(state: HealthState, input: HealthInput): { state: HealthState; transitions: Transition[] } {
  assertValid(state, input);
  const nowMs = Math.max(state.nowMs, input.atMs);
  const transitions: Transition[] = [];
  let next: HealthState = { ...state, backdatedInputs: state.backdatedInputs + Number(input.atMs < nowMs) };
  for (let dueMs = nextDeadlineMs(next); dueMs < nowMs; dueMs = nextDeadlineMs(next)) {
    next = settle(next, dueMs, transitions);
  }
  if (input.type === 'observation') {
    const { component: name, status, reason } = input;
    const component = observeComponent(next.components[name]!, { status, reason, atMs: nowMs });
    next = { ...next, components: { ...next.components, [name]: component } };
  }
  return { state: settle(next, nowMs, transitions, input.type === 'drain'), transitions };
}

function assertValid({ components }: HealthState, input: HealthInput): void {
  const observed = input.type === 'observation';
  const component = observed ? input.component : '';
  const known = !observed || Object.hasOwn(components, component);
  if (known && Number.isFinite(input.atMs) && (!observed || (bySeverity.includes(input.status) && input.reason)))
    return;
  const expected = `one of ${Object.keys(components).join()}, one of ${bySeverity.join()}, a reason, a time`;
  const code = known ? 'INVALID_INPUT' : 'UNKNOWN_COMPONENT';
  throw new HealthError(code, component, `Expected ${expected}; got ${JSON.stringify(input)}`);
}

function settle(state: HealthState, nowMs: number, out: Transition[], drain?: boolean): HealthState {
  let { explainedFailures } = state;
  const settled = mapValues(state.components, (component) => settleComponent(component, nowMs));
  const components = mapValues(settled, (component, name) => {
    const { status, reported, evidence } = component;
    if (status === reported.status) return component;
    if (severityOf(status) > severityOf(reported.status)) {
      if (explanation(settled, component) !== null) {
        if (status !== state.components[name]!.status) explainedFailures += 1;
        return component;
      }
      // A failure that was explained until now and is already healing is not worth a report of its own.
      if (severityOf(evidence!.status) < severityOf(status)) return component;
    }
    return report(component, nowMs, out);
  });
  const next = { ...state, nowMs, components, explainedFailures };
  return { ...next, overall: settleOverall(next, out, drain) };
}

function report(state: ComponentState, atMs: number, out: Transition[]): ComponentState {
  const { component, critical, status, reason, sinceMs, reported } = state;
  out.push({
    type: 'transition',
    scope: 'component',
    component,
    critical,
    from: reported.status,
    to: status as ObservedStatus,
    reason,
    atMs,
    sinceMs,
    lastedMs: sinceMs - reported.sinceMs,
  });
  return { ...state, reported: { status, sinceMs } };
}

function settleOverall(state: HealthState, out: Transition[], drain?: boolean): OverallState {
  const { components, nowMs: atMs, graceEndMs, overall: before } = state;
  const { status: from, sinceMs } = before;
  const fold = foldComponents(components, atMs);
  const draining = drain || from === 'draining';
  const starting = from === 'starting' && atMs < graceEndMs && !fold.ready;
  const to = draining ? 'draining' : starting ? 'starting' : fold.status;
  const ready = fold.ready && !draining;
  // A draining process is on its way out already: a restart would only cost it the time to end in order.
  const live = draining || Object.values(components).every((component) => fatalDueMs(component) > atMs);
  if (to === from && ready === before.ready && live === before.live) return before;

  const causes = causesOf(components, atMs);
  const named = causes.map(({ component, reason }) => `${component}: ${reason}`).join('; ');
  const reason = draining ? 'draining' : named || 'nothing fails';
  const now = { ready, live, sinceMs: atMs };
  out.push({ type: 'transition', scope: 'overall', from, to, ...now, reason, causes, atMs, lastedMs: atMs - sinceMs });
  return { status: to, ...now, tally: tallyChange(before.tally, to, atMs, ready) };
}
