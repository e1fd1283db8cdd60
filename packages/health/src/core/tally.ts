// How often a status changed, how long each lasted, and which share of a window was good. Nothing is sampled by time:
// a tally changes only when a status does, and is exact at every moment in between.

/** From when on it was good, or not. */
type Stretch = { readonly atMs: number; readonly good: boolean };

export interface Tally<Status extends string> {
  /** What holds now, and since when. */
  readonly status: Status;
  readonly sinceMs: number;
  readonly transitions: number;
  /** Without the time since `sinceMs`. */
  readonly timeInMs: Readonly<Record<Status, number>>;
  readonly stretches: readonly Stretch[];
}

/** How much of the time was good. */
export interface Availability {
  /** From 0 to 1. */
  readonly ratio: number;
  /** The time it covers: less than the window for a young tracker, or when there were very many changes; in ms. */
  readonly overMs: number;
}

/** Bounds memory for a component that changes all the time without a hold-down; the window then shrinks, visibly. */
const maxStretches = 64;

/** @param statuses the one that holds first, and all the others */
export const startTally = <Status extends string>(
  statuses: readonly [Status, ...Status[]],
  atMs: number,
): Tally<Status> => ({
  status: statuses[0],
  sinceMs: atMs,
  transitions: 0,
  timeInMs: Object.fromEntries(statuses.map((status) => [status, 0])) as Record<Status, number>,
  stretches: [{ atMs, good: false }],
});

/** From `sinceMs` on, `status` holds, and is good or not. */
export const tallyChange = <Status extends string>(
  tally: Tally<Status>,
  status: Status,
  sinceMs: number,
  good: boolean,
): Tally<Status> => ({
  status,
  sinceMs,
  transitions: tally.transitions + 1,
  timeInMs: timeInMs(tally, sinceMs),
  stretches: [...tally.stretches, { atMs: sinceMs, good }].slice(-maxStretches),
});

/** The part of a snapshot that a tally can answer for. */
export function tallyAt<Status extends string>(
  tally: Tally<Status>,
  nowMs: number,
  windowMs: number,
): Pick<Tally<Status>, 'transitions' | 'timeInMs'> & { availability: Availability } {
  const { stretches, transitions } = tally;
  const fromMs = Math.max(stretches[0]!.atMs, nowMs - windowMs);
  const overMs = nowMs - fromMs;
  const goodMs = stretches.reduce((sumMs, { atMs, good }, index) => {
    const endMs = stretches[index + 1]?.atMs ?? nowMs;
    return sumMs + (good ? Math.max(0, endMs - Math.max(atMs, fromMs)) : 0);
  }, 0);
  // Of no time at all, what holds now is the best answer.
  const ratio = overMs ? goodMs / overMs : Number(stretches.at(-1)!.good);
  return { transitions, timeInMs: timeInMs(tally, nowMs), availability: { ratio, overMs } };
}

const timeInMs = <Status extends string>({ timeInMs, status, sinceMs }: Tally<Status>, nowMs: number) => ({
  ...timeInMs,
  [status]: timeInMs[status] + nowMs - sinceMs,
});
