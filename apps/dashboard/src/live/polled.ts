// An answer that is asked for again and again while it is shown: every so often, when contact comes back, and when the page
// comes to the front. What was answered last stays until something newer is there.
import { createEffect, createSignal, on, onCleanup, untrack, type Accessor } from 'solid-js';
import { AskError } from './ask.ts';
import { live } from './live.ts';

export type Polled<Body> = {
  readonly answer: Accessor<Body | null>;
  /** Why the last question has no answer; `null`: it has one. */
  readonly error: Accessor<AskError | null>;
  readonly again: () => void;
};

/**
 * @param path what to ask; `null`: nothing now. A new path drops the answer to the old one
 * @param everyMs `null`: only once, and whenever contact comes back
 * @param read how an answer comes of a path, where that is more than one question
 */
export function createPolled<Body>(
  path: Accessor<string | null>,
  everyMs: number | null,
  read: (path: string, signal: AbortSignal) => Promise<Body> = (asked, signal) => live.ask<Body>(asked, { signal }),
): Polled<Body> {
  const [answer, setAnswer] = createSignal<Body | null>(null);
  const [error, setError] = createSignal<AskError | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running: AbortController | null = null;

  const stop = (): void => {
    clearTimeout(timer);
    running?.abort();
    running = null;
  };
  const ask = async (asked: string): Promise<void> => {
    stop();
    const mine = (running = new AbortController());
    try {
      const body = await read(asked, mine.signal);
      if (running !== mine) return;
      setAnswer(() => body);
      setError(null);
    } catch (caught) {
      if (running !== mine) return;
      setError(caught instanceof AskError ? caught : new AskError('INTERNAL', String(caught)));
    }
    running = null;
    if (everyMs !== null) timer = setTimeout(() => again(), everyMs);
  };
  const again = (): void => {
    const asked = untrack(path);
    if (asked !== null && !document.hidden && untrack(live.contact).kind === 'live') void ask(asked);
  };
  createEffect(
    on(path, () => {
      stop();
      setAnswer(null);
      setError(null);
      again();
    }),
  );
  createEffect(on([() => live.contact().kind, live.epoch], again, { defer: true }));
  document.addEventListener('visibilitychange', again);
  onCleanup(() => {
    document.removeEventListener('visibilitychange', again);
    stop();
  });
  return { answer, error, again };
}
