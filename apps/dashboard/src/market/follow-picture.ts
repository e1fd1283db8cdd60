// Keeps the picture of one market full: the feed's levels as they come, the recording for what is older or was missed.
import { createEffect, createMemo, createSignal, on, onCleanup, type Accessor } from 'solid-js';
import type { BookHistory } from '../live/answers.ts';
import { AskError } from '../live/ask.ts';
import { followLevels } from '../live/follow-levels.ts';
import { NO_LEVELS, type Levels } from '../live/levels.ts';
import { live } from '../live/live.ts';
import { Picture } from './picture.ts';

export type FollowedPicture = {
  readonly picture: Accessor<Picture>;
  /** Rises when the picture has changed. */
  readonly version: Accessor<number>;
  readonly levels: Accessor<Levels>;
  /** Nobody keeps a book of this market now. */
  readonly isGone: Accessor<boolean>;
  /** Why the recording is not shown; `null`: it is, as far as it was asked for. */
  readonly error: Accessor<AskError | null>;
};

/** Then its last columns, trades and holes are asked for again. */
const AGAIN_EVERY_MS = 4_000;
/** The recording catches up with the feed in this time. */
const TAIL_MS = 12_000;
const RETRY_MS = 1_500;

/**
 * @param shown the time that is looked at; its past is asked for
 */
export function followPicture(
  market: Accessor<string | null>,
  stepMs: Accessor<number>,
  shown: Accessor<{ readonly fromMs: number; readonly toMs: number }>,
): FollowedPicture {
  const picture = createMemo(() => (market(), live.epoch(), new Picture(stepMs())));
  const [version, setVersion] = createSignal(0);
  const [levels, setLevels] = createSignal<Levels>(NO_LEVELS, { equals: false });
  const [isGone, setIsGone] = createSignal(false);
  const [error, setError] = createSignal<AskError | null>(null);
  const changed = (): void => void setVersion((before) => before + 1);

  createEffect(
    on(market, () => {
      setLevels(NO_LEVELS);
      setIsGone(false);
      setError(null);
    }),
  );
  followLevels(market, (next) => {
    if (!next) return void setIsGone(true);
    setLevels(next);
    if (next.atMs === null) return;
    const now = picture();
    now.addLevels(now.indexAt(next.atMs), next, next.changed);
    changed();
  });
  // A book that does not change has columns all the same.
  const fill = setInterval(() => {
    if (live.contact().kind !== 'live' || levels().atMs === null || document.hidden) return;
    const now = picture();
    const index = now.indexAt(live.nowMs());
    if (now.column(index) !== undefined) return;
    now.addLevels(index, levels(), 0);
    changed();
  }, 250);

  let running: AbortController | null = null;
  let waiting: ReturnType<typeof setTimeout> | undefined;
  /** Where something was missing when it was asked for last, and when that was, by the monotonic clock. */
  let asked = { missingMs: NaN, atMs: -Infinity };
  const ask = async (): Promise<void> => {
    const ticker = market();
    if (running || ticker === null || document.hidden || live.contact().kind !== 'live') return;
    const into = picture();
    const { fromMs, toMs } = shown();
    const nowMs = live.nowMs();
    const missingMs = into.missingFrom(fromMs, Math.min(toMs, nowMs - into.stepMs));
    const isTail = missingMs === null || missingMs > nowMs - TAIL_MS;
    if (missingMs === null && toMs < nowMs - TAIL_MS) return;
    // The recording grows, and may be behind for as long as its database is away: what it does not have yet is asked for again
    // in a while.
    const isAsked = isTail || missingMs === asked.missingMs;
    if (isAsked && performance.now() - asked.atMs < AGAIN_EVERY_MS) return;
    const askedMs = isTail ? Math.floor(nowMs - TAIL_MS) : missingMs;
    asked = { missingMs: missingMs ?? NaN, atMs: performance.now() };
    const mine = (running = new AbortController());
    try {
      const query = `from=${Math.max(Math.floor(askedMs), 0)}&to=${Math.ceil(Math.max(Math.min(toMs, nowMs), askedMs + into.stepMs))}&step=${into.stepMs}`;
      const page = await live.ask<BookHistory>(`/books/${encodeURIComponent(ticker)}/history?${query}`, {
        signal: mine.signal,
      });
      if (into === picture() && ticker === market()) {
        into.addPage(page);
        setError(null);
        changed();
      }
    } catch (caught) {
      if (!(caught instanceof AskError)) throw caught;
      if (!mine.signal.aborted) {
        setError(caught);
        asked = { missingMs: NaN, atMs: -Infinity };
        await new Promise((resolve) => (waiting = setTimeout(resolve, RETRY_MS)));
      }
    } finally {
      running = null;
    }
  };
  const poll = setInterval(() => void ask(), 300);
  createEffect(on([market, stepMs, live.epoch], () => running?.abort()));
  onCleanup(() => {
    clearInterval(fill);
    clearInterval(poll);
    clearTimeout(waiting);
    running?.abort();
  });
  return { picture, version, levels, isGone, error };
}
