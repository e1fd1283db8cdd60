// What the trader's list of jobs says of one session. The trader has one job at a time, whichever page began it.
import type { Answer } from '../live/answers.ts';

export type ListedJob = Answer<'/jobs'>['jobs'][number];
export type JobKind = ListedJob['kind'];

/** Of this session, running or over; `null`: the trader knows none. */
export const jobOf = (jobs: readonly ListedJob[], kind: JobKind, session: string | null): ListedJob | null =>
  jobs.find((job) => job.kind === kind && job.session === session) ?? null;

/** What has to end before another job of this session can begin. */
export const inTheWay = (jobs: readonly ListedJob[], kind: JobKind, session: string | null): ListedJob | null =>
  jobs.find((job) => job.state === 'running' && (job.kind !== kind || job.session !== session)) ?? null;

/** Whole per cent; never 100 while it runs. */
export const progressPercent = ({ done, of }: Pick<ListedJob, 'done' | 'of'>): number =>
  of === 0 ? 0 : Math.min(Math.floor((done / of) * 100), 99);

/** `verified`, `exported`. */
export const doneTo = (kind: JobKind): string => (kind === 'verify' ? 'verified' : 'exported');

const FAILURES: Readonly<Record<string, string>> = {
  EXPORT_NO_ROOM: 'Make room on its disk: 1 GiB has to stay free for the recording.',
  EXPORT_UNWRITABLE: 'The trader may not write to its folder for exports. Name another one with --export-dir.',
};

/** What to do about it; nothing where nobody knows better than the code. */
export const exportFailure = (code: string | null): string => FAILURES[code ?? ''] ?? '';
