// What became of writing a session to files, on the trader's machine.
import { Match, Show, Switch, type JSX } from 'solid-js';
import type { SessionExport } from '../live/answers.ts';
import { AskedError } from '../shell/asked-error.tsx';
import { Mark } from '../shell/mark.tsx';
import { zone } from '../shell/zone.ts';
import { duration } from '../text/duration.ts';
import { count } from '../text/number.ts';
import { clockMinutes } from '../text/time.ts';
import { CopyButton } from './copy-button.tsx';
import type { FollowedJob } from './follow-job.ts';
import { JobProgress } from './job-progress.tsx';
import { exportFailure } from './session-jobs.ts';

/** Nothing, as long as there is nothing to say. */
export function ExportPanel(props: { readonly exporting: FollowedJob<'export'> }): JSX.Element {
  const job = () => props.exporting.job();
  const inState = (state: SessionExport['state']) => (job()?.state === state ? job() : null);
  return (
    <Show when={job() !== null || props.exporting.error() !== null}>
      <section class="sessions-part" aria-label="Export">
        <AskedError error={props.exporting.error()} />
        <Switch>
          <Match when={inState('running')}>{(running) => <JobProgress doing="Exporting" job={running()} />}</Match>
          <Match when={inState('done')}>{(done) => <Exported job={done()} />}</Match>
          <Match when={inState('failed')}>
            {(failed) => (
              <p class="bad">
                <Mark level="bad" /> Not exported: <code>{failed().failure}</code>. {exportFailure(failed().failure)}
              </p>
            )}
          </Match>
          <Match when={inState('canceled')}>
            <p class="soft">The export was ended. It has left no file.</p>
          </Match>
        </Switch>
      </section>
    </Show>
  );
}

function Exported(props: { readonly job: SessionExport }): JSX.Element {
  const rows = (): number => props.job.result?.files.reduce((sum, file) => sum + file.rows, 0) ?? 0;
  const endedAtMs = (): number => props.job.endedAtMs ?? props.job.startedAtMs;
  return (
    <Show when={props.job.result}>
      {(result) => (
        <>
          <p>
            <Mark level={result().damaged === 0 ? 'ok' : 'warn'} /> <b>Exported</b>{' '}
            <span class="soft">
              {count(rows())} rows in {count(result().files.length)} Parquet files, in{' '}
              {duration(endedAtMs() - props.job.startedAtMs)} at {clockMinutes(endedAtMs(), zone())}
            </span>
          </p>
          <p class="sessions-folder">
            <code>{result().folder}</code> <CopyButton text={result().folder} label={result().folder} />
          </p>
          <Show when={result().damaged > 0}>
            <p class="warn">
              {count(result().damaged)} {result().damaged === 1 ? 'part' : 'parts'} could not be read, and{' '}
              {result().damaged === 1 ? 'is' : 'are'} left out.
            </p>
          </Show>
        </>
      )}
    </Show>
  );
}
