// One component: observations in, a settled status out.
//
// Two lines divide the three statuses: one between healthy and degraded, one between degraded and unhealthy. For each
// line the component remembers on which side the observations are, since when and for how many in a row. The settled
// status crosses a line only when the observations have been on the other side for long enough, and crosses it towards
// better only when the hold-down is over as well. Each line is thus a debouncer of its own, and a status can never be
// reached that the observations did not hold for the whole time asked for.
//
//   unknown ── first healthy observation ──> healthy <── held better ── degraded, unhealthy
//   unknown ── held worse, grace over ─────> degraded, unhealthy <── held worse, or silent ── healthy
import type { Observation } from '../events.ts';
import type { ComponentRules } from '../options.ts';
import { bySeverity, severityOf, type ComponentStatus, type ObservedStatus } from '../status.ts';
import { startTally, tallyChange, type Tally } from './tally.ts';

type Side = { readonly bad: boolean; readonly sinceMs: number; readonly count: number };

export interface ComponentState {
  readonly component: string;
  readonly critical: boolean;
  /** What it is judged by; the same for ever. */
  readonly rules: Omit<ComponentRules, 'critical'> & { readonly graceEndMs: number };
  readonly status: ComponentStatus;
  readonly reason: string;
  readonly sinceMs: number;
  /** The latest, whether or not it has changed the status. */
  readonly observation: Observation | null;
  /** What is judged: the latest observation or, when none came in time, its absence. */
  readonly evidence: Observation | null;
  /** The side of the degraded line and the side of the unhealthy line. */
  readonly lines: readonly [Side, Side];
  /** Failures in a row without enough stability in between. */
  readonly flaps: number;
  readonly heldUntilMs: number;
  /** The last change was for the worse: a further one is the same failure, not another flap. */
  readonly failing: boolean;
  /** What was last reported; lags behind `status` while another component explains the failure. */
  readonly reported: { readonly status: ComponentStatus; readonly sinceMs: number };
  readonly tally: Tally<ComponentStatus>;
}

export function startComponent(
  component: string,
  { critical, ...rules }: ComponentState['rules'] & { readonly critical: boolean },
  atMs: number,
): ComponentState {
  const side: Side = { bad: false, sinceMs: atMs, count: 0 };
  return {
    component,
    critical,
    rules,
    status: 'unknown',
    reason: 'no observation yet',
    sinceMs: atMs,
    observation: null,
    evidence: null,
    lines: [side, side],
    flaps: 0,
    heldUntilMs: atMs,
    failing: false,
    reported: { status: 'unknown', sinceMs: atMs },
    tally: startTally<ComponentStatus>(['unknown', ...bySeverity], atMs),
  };
}

export function observeComponent(component: ComponentState, observation: Observation): ComponentState {
  const severity = severityOf(observation.status);
  const seen = ({ bad: wasBad, sinceMs, count }: Side, bad: boolean): Side =>
    count && bad === wasBad ? { bad, sinceMs, count: count + 1 } : { bad, sinceMs: observation.atMs, count: 1 };
  const [degraded, unhealthy] = component.lines;
  const lines = [seen(degraded, severity > 0), seen(unhealthy, severity > 1)] as const;
  return { ...judge(component, observation, lines), observation };
}

/** The reason stays that of the settled status until the evidence speaks for the same status again. */
const judge = (component: ComponentState, evidence: Observation, lines: ComponentState['lines']): ComponentState => ({
  ...component,
  evidence,
  lines,
  reason: ['unknown', evidence.status].includes(component.status) ? evidence.reason : component.reason,
});

/** Lets what is due by `nowMs` happen: silence first, then the pending change. */
export function settleComponent(component: ComponentState, nowMs: number): ComponentState {
  const heard = silentDueMs(component) <= nowMs ? silence(component, nowMs) : component;
  const change = pendingChange(heard, nowMs);
  return change.dueMs <= nowMs ? changeTo(heard, change.to, nowMs) : heard;
}

/** When the component changes next if nothing more is observed, given that all until `nowMs` is settled. */
export const componentDeadlineMs = (component: ComponentState, nowMs: number): number =>
  earliestAfter(nowMs, silentDueMs(component), pendingChange(component, nowMs).dueMs, fatalDueMs(component));

/** What was due by `nowMs` has been settled by the step that came there, so only later moments are deadlines. */
export const earliestAfter = (nowMs: number, ...momentsMs: readonly number[]): number =>
  Math.min(...momentsMs.filter((momentMs) => momentMs > nowMs));

/** When liveness ends because of this component. */
export const fatalDueMs = ({ status, sinceMs, rules }: ComponentState): number =>
  status === 'unhealthy' ? sinceMs + rules.fatalAfterMs : Infinity;

function silentDueMs({ evidence, observation, sinceMs, rules }: ComponentState): number {
  if (evidence !== observation) return Infinity;
  return Math.max((observation?.atMs ?? sinceMs) + rules.silentAfterMs, rules.graceEndMs);
}

/** The time limit was all the patience there is, so both lines count as crossed for as long as anybody may ask. */
function silence(component: ComponentState, atMs: number): ComponentState {
  const side: Side = { bad: true, sinceMs: -Infinity, count: Infinity };
  return judge(component, { status: 'unhealthy', reason: 'silent', atMs }, [side, side]);
}

/** The next change if nothing more is observed; due at `Infinity` when there is none. */
function pendingChange(
  { status, lines, heldUntilMs, rules }: ComponentState,
  nowMs: number,
): { to: ObservedStatus; dueMs: number } {
  const level = severityOf(status);
  const unknown = status === 'unknown';
  const crossMs = (line: number, worse: boolean): number => {
    const { bad, sinceMs, count } = lines[line]!;
    // At first there is nothing to recover from, so good news needs no patience.
    const enough = worse ? rules.unhealthyAfterCount : unknown ? 1 : rules.healthyAfterCount;
    if (bad !== worse || count < enough) return Infinity;
    if (worse) return Math.max(sinceMs + rules.unhealthyAfterMs, unknown ? rules.graceEndMs : sinceMs);
    return unknown ? sinceMs : Math.max(sinceMs + rules.healthyAfterMs, heldUntilMs);
  };
  const worseMs = level < 2 ? crossMs(level, true) : Infinity;
  const betterMs = level > 0 || unknown ? crossMs(Math.max(level - 1, 0), false) : Infinity;
  const dueMs = Math.min(worseMs, betterMs);
  const worse = dueMs === worseMs;
  // The degraded line is always crossed first towards worse, the unhealthy line first towards better. When the other
  // is due as well by the time that the first can be crossed, that is one change.
  const all = crossMs(Number(worse), worse) <= Math.max(dueMs, nowMs);
  return { to: all ? (worse ? 'unhealthy' : 'healthy') : 'degraded', dueMs };
}

function changeTo(component: ComponentState, to: ObservedStatus, atMs: number): ComponentState {
  const failing = severityOf(to) > severityOf(component.status);
  return {
    ...component,
    ...(failing && holdDown(component, atMs)),
    status: to,
    reason: component.evidence!.reason,
    sinceMs: atMs,
    failing,
    tally: tallyChange(component.tally, to, atMs, to === 'healthy'),
  };
}

function holdDown(
  { flaps, failing, sinceMs, rules }: ComponentState,
  atMs: number,
): Pick<ComponentState, 'flaps' | 'heldUntilMs'> {
  const { baseMs, factor, maxMs, decayAfterMs } = rules.holdDown;
  const holdMs = (count: number): number => Math.min(maxMs, baseMs * factor ** (count - 1));
  const remembered = Math.max(0, flaps - Math.floor((atMs - sinceMs) / decayAfterMs));
  // Counting beyond the cap would only make the way back down longer.
  const count = failing ? flaps : remembered + Number(holdMs(remembered) < maxMs);
  return { flaps: count, heldUntilMs: atMs + holdMs(count) };
}
