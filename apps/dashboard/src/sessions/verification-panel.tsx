// What became of reading a session whole: each law, how much was checked, and what breaks it.
import { For, Match, Show, Switch, type JSX } from 'solid-js';
import type { Verification } from '../live/answers.ts';
import { Mark } from '../shell/mark.tsx';
import { zone } from '../shell/zone.ts';
import { duration } from '../text/duration.ts';
import { count } from '../text/number.ts';
import { clockMinutes } from '../text/time.ts';
import { AskedError } from '../shell/asked-error.tsx';
import { lawMeaning } from './session-rows.ts';
import { SessionLink } from './session-link.tsx';
import { doneTo, progressPercent } from './session-jobs.ts';
import type { FollowedJob } from './follow-job.ts';
import { JobProgress } from './job-progress.tsx';

const PROBLEMS_SHOWN = 20;

export function VerificationPanel(props: {
  readonly session: string;
  readonly verifying: FollowedJob<'verify'>;
}): JSX.Element {
  const state = () => props.verifying.job()?.state ?? null;
  // Of this session the export says itself how far it is.
  const elsewhere = () => {
    const other = props.verifying.other();
    return other?.session === props.session ? null : other;
  };
  return (
    <section class="sessions-part" aria-label="Verification">
      <AskedError error={props.verifying.error()} />
      <Show when={elsewhere()}>
        {(other) => (
          <p class="soft">
            <SessionLink id={other().session} /> is being {doneTo(other().kind)}, {progressPercent(other())} % so far.
            There is one job at a time.
          </p>
        )}
      </Show>
      <Switch fallback={<p class="soft">Not verified since the trader started.</p>}>
        <Match when={state() === 'running' && props.verifying.job()}>
          {(job) => <JobProgress doing="Verifying" job={job()} />}
        </Match>
        <Match when={state() === 'done' && props.verifying.job()}>{(job) => <Laws job={job()} />}</Match>
        <Match when={state() === 'failed' && props.verifying.job()}>
          {(job) => (
            <p class="bad">
              <Mark level="bad" /> The session could not be read: <code>{job().failure}</code>
            </p>
          )}
        </Match>
        <Match when={state() === 'canceled' && props.verifying.job()}>
          {(job) => <p class="soft">Canceled after {count(job().records)} records.</p>}
        </Match>
      </Switch>
    </section>
  );
}

function Laws(props: { readonly job: Verification }): JSX.Element {
  const result = () => props.job.result;
  const tookMs = (): number => (props.job.endedAtMs ?? props.job.startedAtMs) - props.job.startedAtMs;
  const broken = (): number => result()?.laws.filter(({ ok }) => !ok).length ?? 0;
  return (
    <table class="sessions-laws">
      <caption>
        <Mark level={result()?.ok ? 'ok' : 'bad'} />{' '}
        <b>
          {result()?.ok ? 'Every law holds' : broken() === 1 ? '1 law is broken' : `${count(broken())} laws are broken`}
        </b>{' '}
        <span class="soft">
          read whole in {duration(tookMs())} at {clockMinutes(props.job.endedAtMs ?? props.job.startedAtMs, zone())}
        </span>
      </caption>
      <thead>
        <tr>
          <th scope="col">Law</th>
          <th scope="col">What it says</th>
          <th scope="col" class="number">
            Checked
          </th>
        </tr>
      </thead>
      <tbody>
        <For each={result()?.laws ?? []}>
          {(law) => (
            <>
              <tr>
                <th scope="row">
                  <Mark level={law.ok ? 'ok' : 'bad'} label={law.ok ? 'holds' : 'is broken'} /> {law.law}
                </th>
                <td class="soft">{lawMeaning(law.law)}</td>
                <td class="number">{count(law.checked)}</td>
              </tr>
              <Show when={law.problemCount > 0}>
                <tr>
                  <td colSpan={3}>
                    <ul class="sessions-problems">
                      <For each={law.problems.slice(0, PROBLEMS_SHOWN)}>
                        {(problem) => <li class="bad">{problem.message}</li>}
                      </For>
                      <Show when={law.problemCount > Math.min(law.problems.length, PROBLEMS_SHOWN)}>
                        <li class="soft">
                          {count(law.problemCount - Math.min(law.problems.length, PROBLEMS_SHOWN))} more
                        </li>
                      </Show>
                    </ul>
                  </td>
                </tr>
              </Show>
            </>
          )}
        </For>
      </tbody>
    </table>
  );
}
