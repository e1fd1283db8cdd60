// What came of a fault: how long nobody noticed it, how long it was in repair, and how that looks as a bar.
import type { Faults } from '../live/answers.ts';
import { duration } from '../text/duration.ts';

/** About two pixels. */
const LEAST_SHARE = 0.008;

export type Injected = Faults['injected'][number];

export type FaultTimes = {
  /** From its beginning; `null`: not yet, or never. */
  readonly noticedMs: number | null;
  readonly healedMs: number | null;
  /** So far. */
  readonly unnoticedMs: number;
  readonly repairMs: number;
  readonly verdict: string;
  readonly level: 'ok' | 'warn' | 'bad' | 'busy';
};

export function timesOf(
  { beginsAtMs, noticedAtMs, healedAtMs, endsAtMs, namedAs, state }: Injected,
  nowMs: number,
): FaultTimes {
  const noticedMs = noticedAtMs === null ? null : Math.max(noticedAtMs - beginsAtMs, 0);
  const healedMs = healedAtMs === null ? null : Math.max(healedAtMs - beginsAtMs, 0);
  const sinceMs = Math.max(nowMs - beginsAtMs, 0);
  const times = {
    noticedMs,
    healedMs,
    unnoticedMs: noticedMs ?? (namedAs === null ? sinceMs : 0),
    repairMs: noticedMs === null ? 0 : Math.max((healedMs ?? sinceMs) - noticedMs, 0),
  };
  if (healedMs !== null) return { ...times, verdict: `Healed in ${duration(healedMs)}`, level: 'ok' };
  if (noticedMs !== null) return { ...times, verdict: 'Noticed, in repair', level: 'warn' };
  if (namedAs !== null) return { ...times, verdict: 'Passed over: nothing was missed', level: 'ok' };
  const isOver = state !== 'waiting' && state !== 'active' && nowMs > endsAtMs;
  return {
    ...times,
    verdict: isOver ? 'Nobody noticed it so far' : 'Injected, not noticed yet',
    level: 'busy',
  };
}

/** The middle one; of two the lower. `null`: there is none. */
export function median(values: readonly number[]): number | null {
  return values.toSorted((one, other) => one - other)[Math.floor((values.length - 1) / 2)] ?? null;
}

/** Of the room that the longest has; what there is at all is seen. */
export function barOf(
  { unnoticedMs, repairMs }: Pick<FaultTimes, 'unnoticedMs' | 'repairMs'>,
  mostMs: number,
): { readonly unnoticed: number; readonly repair: number } {
  const share = (ms: number): number => (ms === 0 ? 0 : Math.min(Math.max(ms / mostMs, LEAST_SHARE), 1));
  const unnoticed = share(unnoticedMs);
  return { unnoticed, repair: Math.min(share(repairMs), 1 - unnoticed) };
}
