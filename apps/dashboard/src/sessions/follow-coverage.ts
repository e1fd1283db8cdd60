// Keeps the coverage of the rows that are on the screen, one question at a time.
import { createEffect, createSignal, on, onCleanup, untrack, type Accessor } from 'solid-js';
import type { Answer, Session } from '../live/answers.ts';
import { AskError } from '../live/ask.ts';
import { live } from '../live/live.ts';
import { coverageToAsk, withAnswer, type KnownCoverage, type RowCoverage } from './row-coverage.ts';

export type FollowedCoverage = {
  /** `undefined`: not known yet. */
  readonly of: (session: string) => RowCoverage | null | undefined;
  readonly error: Accessor<AskError | null>;
};

const LOOK_EVERY_MS = 3_000;

export function followCoverage(shown: Accessor<readonly Session[]>): FollowedCoverage {
  const [known, setKnown] = createSignal<ReadonlyMap<string, KnownCoverage>>(new Map());
  const [error, setError] = createSignal<AskError | null>(null);
  let running: AbortController | null = null;
  /** Until all that is shown is known. */
  const ask = async (): Promise<void> => {
    if (running || document.hidden || untrack(live.contact).kind !== 'live') return;
    const rows = untrack(shown);
    const ids = coverageToAsk(rows, untrack(known), performance.now());
    if (ids.length === 0) return;
    const mine = (running = new AbortController());
    try {
      const answer = await live.ask<Answer<'/coverage/sessions'>>(`/coverage/sessions?ids=${ids.join(',')}`, {
        signal: mine.signal,
      });
      const statuses = new Map(rows.map(({ id, status }) => [id, status]));
      setKnown((before) => withAnswer(before, answer, (id) => statuses.get(id), performance.now()));
      setError(null);
      if (answer.sessions.length + answer.unknown.length === 0) return;
    } catch (caught) {
      if (mine.signal.aborted) return;
      setError(caught instanceof AskError ? caught : new AskError('INTERNAL', String(caught)));
      return;
    } finally {
      running = null;
    }
    void ask();
  };
  createEffect(on([shown, () => live.contact().kind], () => void ask()));
  // It may be of another process, or too long ago: it stays until it is answered anew.
  createEffect(
    on(
      live.epoch,
      () => void setKnown((before) => new Map([...before].map(([id, of]) => [id, { ...of, askedAtMs: -Infinity }]))),
      { defer: true },
    ),
  );
  const timer = setInterval(() => void ask(), LOOK_EVERY_MS);
  onCleanup(() => {
    clearInterval(timer);
    running?.abort();
  });
  return {
    of: (session) => {
      const found = known().get(session);
      return found && found.coverage;
    },
    error,
  };
}
