import type { SessionRow } from '@trader/session-store';
import type { TraderView } from '../../status.ts';

type JobWatch = {
  readonly signal: AbortSignal;
  readonly onProgress: (records: number) => void;
};

/** What a job does. It ends with its signal. */
export type JobWork<Result> = (
  store: NonNullable<TraderView['sessionStore']>,
  session: SessionRow,
  watch: JobWatch,
) => Promise<Result>;
