// One job of one session: begun, watched while it runs, and ended from here. A job that another page began, or this one before it
// was loaded anew, is found in the trader's list of jobs.
import { createEffect, createMemo, createSignal, on, onCleanup, type Accessor } from 'solid-js';
import type { Answer, SessionExport, Verification } from '../live/answers.ts';
import { AskError, type Method } from '../live/ask.ts';
import { live } from '../live/live.ts';
import { createPolled, type Polled } from '../live/polled.ts';
import { inTheWay, jobOf, type JobKind, type ListedJob } from './session-jobs.ts';

type Jobs = { readonly verify: Verification; readonly export: SessionExport };

export type FollowedJob<Kind extends JobKind = JobKind> = {
  /** `null`: the trader knows none. */
  readonly job: Accessor<Jobs[Kind] | null>;
  /** Another job, which has to end first. */
  readonly other: Accessor<ListedJob | null>;
  readonly error: Accessor<AskError | null>;
  readonly isRunning: Accessor<boolean>;
  readonly start: () => void;
  readonly cancel: () => void;
};

const EVERY_MS = 1_000;
const LIST_EVERY_MS = 3_000;
/** It is no longer kept, as after a new start of the trader: that is no error to show. */
const NONE = 'JOB_UNKNOWN';

export const listJobs = (): Polled<Answer<'/jobs'>> => createPolled<Answer<'/jobs'>>(() => '/jobs', LIST_EVERY_MS);

export function followJob<Kind extends JobKind>(
  kind: Kind,
  session: Accessor<string | null>,
  listed: Polled<Answer<'/jobs'>>,
): FollowedJob<Kind> {
  const jobs = (): readonly ListedJob[] => listed.answer()?.jobs ?? [];
  const found = createMemo(() => jobOf(jobs(), kind, session()));
  const pathOf = (id: string): string => `/sessions/${encodeURIComponent(id)}/${kind}`;
  const polled = createPolled<Jobs[Kind]>(
    createMemo(() => (found() ? pathOf(found()!.session) : null)),
    null,
  );
  const [refusal, setRefusal] = createSignal<AskError | null>(null);
  const isForgotten = (): boolean => polled.error()?.code === NONE;
  const job = (): Jobs[Kind] | null => (isForgotten() ? null : polled.answer());
  const isRunning = createMemo(() => job()?.state === 'running');
  const change = async (method: Method): Promise<void> => {
    const id = session();
    if (id === null) return;
    setRefusal(null);
    try {
      await live.ask(pathOf(id), { method });
    } catch (caught) {
      const error = caught instanceof AskError ? caught : new AskError('INTERNAL', String(caught));
      if (session() === id) setRefusal(error);
    }
    listed.again();
    polled.again();
  };
  createEffect(on(session, () => setRefusal(null)));
  // Begun anew or ended, by whichever page.
  createEffect(on(() => `${found()?.startedAtMs} ${found()?.state}`, polled.again, { defer: true }));
  // It is no longer in the way of others.
  createEffect(on(isRunning, (running) => !running && listed.again(), { defer: true }));
  // After each answer, and after each question without one.
  createEffect(() => {
    job();
    polled.error();
    if (!isRunning()) return;
    const timer = setTimeout(polled.again, EVERY_MS);
    onCleanup(() => clearTimeout(timer));
  });
  return {
    job,
    other: createMemo(() => inTheWay(jobs(), kind, session())),
    error: () => refusal() ?? listed.error() ?? (isForgotten() ? null : polled.error()),
    isRunning,
    start: () => {
      if (!isRunning()) void change('POST');
    },
    cancel: () => void change('DELETE'),
  };
}
