// What came of each fault: when the feed first reported something, what that was, and when all books were right again. Pure: a fold
// over what was injected and what the feed and the trader said since. Times are of the monotonic clock.
//
// Whose fault a report is nobody can know. What is reported within a moment goes to the same one. Otherwise it belongs to the newest
// that has been done, has not been noticed and has not been over for long; but while one has not healed, none that was injected before
// that one. Where there is no such fault, it is of the newest that has not healed. Once all books are right and the trader is ready,
// every one that was noticed has healed.

type InjectedFault = {
  readonly id: string;
  /** Of the cut that came with it. */
  readonly cutId: string | null;
  readonly name: string;
  readonly kind: string;
  /** `null`: all. */
  readonly connection: number | null;
  readonly injectedAtMs: number;
  readonly beginsAtMs: number;
  /** At the latest. */
  readonly endsAtMs: number;
};

export type FaultOutcome = InjectedFault & {
  readonly noticedAtMs: number | null;
  /** What was reported first. */
  readonly noticedBy: string | null;
  /** The cause of its first hole in the ledger; `null`: it has none. */
  readonly holeCause: string | null;
  readonly healedAtMs: number | null;
};

export type FaultInput =
  | { readonly type: 'injected'; readonly fault: InjectedFault }
  /** All that are on. */
  | { readonly type: 'ended'; readonly atMs: number }
  /** `done`: ids of those that something was done by. */
  | {
      readonly type: 'reported';
      readonly atMs: number;
      readonly what: 'gap' | 'stale' | 'violation' | 'problem' | 'state';
      readonly name: string;
      readonly done: ReadonlySet<string>;
    }
  /** All books are right, and the trader is ready. */
  | { readonly type: 'right'; readonly atMs: number };

export const MOST_KEPT = 200;
/** Reports of one break come together. */
const MOMENT_MS = 100;
/** An audit finds what was hidden some time after. */
const LATE_MS = 120_000;

/** The newest last. */
export function foldFault(outcomes: readonly FaultOutcome[], input: FaultInput): readonly FaultOutcome[] {
  switch (input.type) {
    case 'injected': {
      const fresh = { noticedAtMs: null, noticedBy: null, holeCause: null, healedAtMs: null };
      return [...outcomes, { ...input.fault, ...fresh }].slice(-MOST_KEPT);
    }
    case 'ended':
      return outcomes.map((of) => (of.endsAtMs > input.atMs ? { ...of, endsAtMs: input.atMs } : of));
    case 'right':
      return outcomes.map((of) => (isUnhealed(of) ? { ...of, healedAtMs: input.atMs } : of));
    case 'reported': {
      const { atMs, what, name, done } = input;
      const isOf = (of: FaultOutcome): boolean => isUnhealed(of) && atMs - of.noticedAtMs! <= MOMENT_MS;
      const isNew = (of: FaultOutcome): boolean =>
        of.noticedAtMs === null && done.has(of.id) && atMs >= of.beginsAtMs && atMs < of.endsAtMs + LATE_MS;
      const since = outcomes.findLastIndex(isUnhealed);
      const target = outcomes.findLast(isOf) ?? outcomes.slice(since + 1).findLast(isNew) ?? outcomes[since];
      if (!target) return outcomes;
      return outcomes.map((of) => {
        if (of !== target) return of;
        const holeCause = of.holeCause ?? (what === 'gap' ? name : null);
        return of.noticedAtMs === null
          ? { ...of, noticedAtMs: atMs, noticedBy: name, holeCause }
          : { ...of, holeCause };
      });
    }
  }
}

/** It was noticed, and not everything is right again. */
export const isUnhealed = ({ noticedAtMs, healedAtMs }: FaultOutcome): boolean =>
  noticedAtMs !== null && healedAtMs === null;

/** Whether a report could still be of it. */
export const isOpen = (of: FaultOutcome, atMs: number): boolean =>
  isUnhealed(of) || (of.noticedAtMs === null && atMs < of.endsAtMs + LATE_MS);
