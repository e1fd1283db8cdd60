// What a component should do, said in the slowest and plainest way: look at every 100 ms, and each time read the whole
// log of observations again. It shares no code with the package.
import type { ComponentOptions, ObservedStatus } from '../src/index.ts';

export const slotMs = 100;
const statuses = ['healthy', 'degraded', 'unhealthy'] as const;

export type Seen = { readonly atMs: number; readonly status: ObservedStatus };
type Entry = { readonly atMs: number; readonly severity: number; readonly silence: boolean };

export function naiveTransitions(
  rules: Required<Omit<ComponentOptions, 'holdDown' | 'dependsOn' | 'critical' | 'fatalAfterMs'>> & {
    readonly holdDown: { baseMs: number; factor: number; maxMs: number; decayAfterMs: number };
  },
  graceMs: number,
  seen: readonly Seen[],
  untilMs: number,
): { atMs: number; from: string; to: string }[] {
  const log: Entry[] = [];
  const transitions: { atMs: number; from: string; to: string }[] = [];
  let level = -1;
  let flaps = 0;
  let heldUntilMs = 0;
  let lastWasWorse = false;
  let changedAtMs = 0;

  /** Since when, and for how many entries, the log has been on the side that it is on now. */
  const run = (line: number): { bad: boolean; sinceMs: number; count: number } => {
    let result = { bad: false, sinceMs: 0, count: 0 };
    for (const { atMs, severity, silence } of log) {
      const bad = severity >= line;
      if (silence) result = { bad, sinceMs: atMs - rules.unhealthyAfterMs, count: rules.unhealthyAfterCount };
      else if (result.count > 0 && result.bad === bad) result = { ...result, count: result.count + 1 };
      else result = { bad, sinceMs: atMs, count: 1 };
    }
    return result;
  };

  const wanted = (nowMs: number): number => {
    const longBad = (line: number) => {
      const { bad, sinceMs, count } = run(line);
      return bad && count >= rules.unhealthyAfterCount && nowMs >= sinceMs + rules.unhealthyAfterMs;
    };
    const longGood = (line: number) => {
      const { bad, sinceMs, count } = run(line);
      return !bad && count >= rules.healthyAfterCount && nowMs >= sinceMs + rules.healthyAfterMs;
    };
    if (level === -1) {
      if (log.length > 0 && !run(1).bad) return 0;
      if (nowMs < graceMs) return -1;
      return longBad(2) ? 2 : longBad(1) ? 1 : -1;
    }
    if (level < 2 && longBad(2)) return 2;
    if (level < 1 && longBad(1)) return 1;
    if (nowMs < heldUntilMs) return level;
    if (level === 2 && longGood(2)) return longGood(1) ? 0 : 1;
    if (level === 1 && longGood(1)) return 0;
    return level;
  };

  const look = (nowMs: number): void => {
    const last = log.at(-1);
    const silentAtMs = Math.max((last?.atMs ?? 0) + rules.silentAfterMs, graceMs);
    if (!last?.silence && nowMs >= silentAtMs) log.push({ atMs: nowMs, severity: 2, silence: true });
    const next = wanted(nowMs);
    if (next === level) return;
    const worse = next > Math.max(0, level);
    if (worse) {
      const { baseMs, factor, maxMs, decayAfterMs } = rules.holdDown;
      const hold = (count: number) => Math.min(maxMs, baseMs * factor ** (count - 1));
      if (!lastWasWorse) {
        flaps = Math.max(0, flaps - Math.floor((nowMs - changedAtMs) / decayAfterMs));
        if (hold(flaps) < maxMs) flaps += 1;
      }
      heldUntilMs = nowMs + hold(flaps);
    }
    transitions.push({ atMs: nowMs, from: statuses[level] ?? 'unknown', to: statuses[next]! });
    level = next;
    lastWasWorse = worse;
    changedAtMs = nowMs;
  };

  for (let nowMs = 0; nowMs <= untilMs; nowMs += slotMs) {
    for (const { status } of seen.filter(({ atMs }) => atMs === nowMs)) {
      log.push({ atMs: nowMs, severity: statuses.indexOf(status), silence: false });
      look(nowMs);
    }
    look(nowMs);
  }
  return transitions;
}
