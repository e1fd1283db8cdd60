// How far a job is.
import type { JSX } from 'solid-js';
import { count } from '../text/number.ts';

export function JobProgress(props: {
  readonly doing: string;
  readonly job: { readonly records: number; readonly ofRecords: number };
}): JSX.Element {
  return (
    <div class="sessions-progress">
      <p>
        <b>{props.doing}</b>{' '}
        <span class="soft">
          {count(props.job.records)} of {count(props.job.ofRecords)} records
        </span>
      </p>
      <progress
        max={Math.max(props.job.ofRecords, 1)}
        value={props.job.records}
        aria-label={`${props.doing}: records`}
      />
    </div>
  );
}
