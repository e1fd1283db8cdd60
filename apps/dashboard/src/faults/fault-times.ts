// What came of a fault: how long nobody noticed it, how long it was in repair, and how that looks as a bar.
import type { Faults } from '../live/answers.ts';
import { duration } from '../text/duration.ts';

export type Injected = Faults['injected'][number];

export type FaultTimes = {
  /** From its beginning; `null`: not yet, or never. */
  readonly noticedMs: number | null;
  readonly healedMs: number | null;
  readonly verdict: string;
  readonly level: 'ok' | 'warn' | 'bad' | 'busy';
};

export function timesOf(
  { beginsAtMs, noticedAtMs, healedAtMs, endsAtMs, namedAs, state }: Injected,
  nowMs: number,
): FaultTimes {
  const noticedMs = noticedAtMs === null ? null : Math.max(noticedAtMs - beginsAtMs, 0);
  const healedMs = healedAtMs === null ? null : Math.max(healedAtMs - beginsAtMs, 0);
  if (healedMs !== null) return { noticedMs, healedMs, verdict: `Healed in ${duration(healedMs)}`, level: 'ok' };
  if (noticedMs !== null) return { noticedMs, healedMs, verdict: 'Noticed, in repair', level: 'warn' };
  if (namedAs !== null) return { noticedMs, healedMs, verdict: 'Passed over: nothing was missed', level: 'ok' };
  const isOver = state !== 'waiting' && state !== 'active' && nowMs > endsAtMs;
  return {
    noticedMs,
    healedMs,
    verdict: isOver ? 'Nobody noticed it so far' : 'Injected, not noticed yet',
    level: 'busy',
  };
}

/** The middle one; of two the lower. `null`: there is none. */
export function median(values: readonly number[]): number | null {
  return values.toSorted((one, other) => one - other)[Math.floor((values.length - 1) / 2)] ?? null;
}
