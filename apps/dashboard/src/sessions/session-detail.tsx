// One session in full: why it ended, how much of it is covered, what it counted, its holes and whether its laws hold.
import { createMemo, createSignal, For, Show, type JSX } from 'solid-js';
import type { Answer, Session } from '../live/answers.ts';
import { live } from '../live/live.ts';
import { createPolled } from '../live/polled.ts';
import { Mark } from '../shell/mark.tsx';
import { hrefOf } from '../shell/parse-route.ts';
import { SessionCounters } from '../shell/session-counters.tsx';
import { zone } from '../shell/zone.ts';
import { duration } from '../text/duration.ts';
import { count } from '../text/number.ts';
import { clockFine, day } from '../text/time.ts';
import { missingNumbers } from '../text/missing-numbers.ts';
import { shortId } from '../text/session-id.ts';
import { AskedError } from '../shell/asked-error.tsx';
import { CopyButton } from './copy-button.tsx';
import { BookAtTime, type Look } from './book-at-time.tsx';
import { firstLook } from './book-time.ts';
import { CoverageStrip, type SessionCoverage } from './coverage-strip.tsx';
import { commandsFor, continued, continuing, endSentence, levelOf, type Neighbour } from './session-rows.ts';
import { SessionLink } from './session-link.tsx';
import { ExportPanel } from './export-panel.tsx';
import type { FollowedJob } from './follow-job.ts';
import { VerificationPanel } from './verification-panel.tsx';

/** @param props.sessions those around it, to name what continues it */
export function SessionDetail(props: {
  readonly session: Session;
  readonly sessions: readonly Session[];
  readonly verifying: FollowedJob<'verify'>;
  readonly exporting: FollowedJob<'export'>;
}): JSX.Element {
  const id = props.session.id;
  const coverage = createPolled<SessionCoverage>(
    () => `/sessions/${encodeURIComponent(id)}/coverage`,
    props.session.endedAtMs === null ? 30_000 : null,
  );
  const [chosen, setChosen] = createSignal<Partial<Look>>({});
  const look = createMemo((): Look | null => {
    const known = coverage.answer();
    return known && { market: chosen().market ?? known.tickers[0] ?? '', atMs: chosen().atMs ?? firstLook(known) };
  });
  const choose = (next: Partial<Look>): void => void setChosen((before) => ({ ...before, ...next }));
  return (
    <>
      <header class="sessions-head">
        <h2 class="mono" title={id}>
          {shortId(id)}
        </h2>
        <span class={`sessions-badge ${levelOf(props.session.status)}`}>
          <Mark level={levelOf(props.session.status)} /> {props.session.status}
        </span>
        <span class="sessions-actions">
          <CopyButton text={id} word="Copy id" label={id} />
          <JobButton
            of={props.verifying}
            start={props.verifying.job() ? 'Verify again' : 'Verify'}
            what="verification"
          />
          <JobButton of={props.exporting} start="Export" what="export" />
        </span>
      </header>
      <p class="soft">{endSentence(props.session)}</p>
      <p class="soft">
        <Continues of={continued(props.session, props.sessions)} />
        <ContinuedBy of={continuing(props.session, props.sessions)} />
      </p>
      <CoverageStrip
        session={props.session}
        asked={coverage}
        atMs={look()?.atMs ?? 0}
        onTime={(atMs) => choose({ atMs })}
      />
      <Show when={look()}>{(now) => <BookAtTime coverage={coverage.answer()!} look={now()} onLook={choose} />}</Show>
      <SessionCounters of={props.session} />
      <Ledger session={id} isActive={props.session.endedAtMs === null} market={look()?.market ?? ''} />
      <ExportPanel exporting={props.exporting} />
      <VerificationPanel session={id} verifying={props.verifying} />
      <section class="sessions-part">
        <h3>In a shell</h3>
        <ul class="sessions-commands">
          <For each={commandsFor(id)}>
            {({ text, does }) => (
              <li>
                <code>{text}</code>
                <span class="soft">{does}</span>
                <CopyButton text={text} label={text} />
              </li>
            )}
          </For>
        </ul>
      </section>
    </>
  );
}

/** @param props.what is ended, for whoever does not see where the button stands */
function JobButton(props: { readonly of: FollowedJob; readonly start: string; readonly what: string }): JSX.Element {
  return (
    <Show
      when={props.of.isRunning()}
      fallback={
        <button
          type="button"
          disabled={live.contact().kind !== 'live' || props.of.other() !== null}
          onClick={() => props.of.start()}
        >
          {props.start}
        </button>
      }
    >
      <button type="button" onClick={() => props.of.cancel()}>
        Cancel<span class="unseen"> the {props.what}</span>
      </button>
    </Show>
  );
}

function Continues(props: { readonly of: Neighbour | null }): JSX.Element {
  return (
    <Show when={props.of} fallback="It continues no other session. ">
      {(of) => (
        <>
          It continues <SessionLink id={of().id} />
          {of().after === null ? '' : ` after ${of().after}`}.{' '}
        </>
      )}
    </Show>
  );
}

function ContinuedBy(props: { readonly of: Neighbour | null }): JSX.Element {
  return (
    <Show when={props.of}>
      {(of) => (
        <>
          <SessionLink id={of().id} /> continues it{of().after === null ? '' : ` after ${of().after}`}.
        </>
      )}
    </Show>
  );
}

/** @param props.market whose book is opened at a hole that is of any market */
function Ledger(props: { readonly session: string; readonly isActive: boolean; readonly market: string }): JSX.Element {
  const asked = createPolled<Answer<'/gaps'>>(
    () => `/gaps?session=${encodeURIComponent(props.session)}&limit=20`,
    props.isActive ? 10_000 : null,
  );
  const gaps = () => asked.answer()?.gaps ?? [];
  return (
    <section class="sessions-part">
      <AskedError error={asked.error()} />
      <Show
        when={gaps().length > 0}
        fallback={<p class="soft">{asked.answer() ? 'The ledger has no hole of this session.' : ''}</p>}
      >
        <table>
          <caption class="unseen">Holes of the ledger, newest first</caption>
          <thead>
            <tr>
              <th scope="col">Ledger, from</th>
              <th scope="col" class="number">
                Lasted
              </th>
              <th scope="col">Cause</th>
              <th scope="col" class="number">
                Numbers
              </th>
              <th scope="col">Market</th>
            </tr>
          </thead>
          <tbody>
            <For each={gaps()}>
              {(gap) => {
                const missing = missingNumbers(gap.firstSeq, gap.lastSeq);
                return (
                  <tr>
                    <td title={day(gap.fromMs, zone())}>
                      <HoleTime atMs={gap.fromMs} market={gap.market ?? props.market} />
                    </td>
                    <td class="number">{gap.toMs === null ? 'open' : duration(gap.toMs - gap.fromMs)}</td>
                    <td>{gap.cause}</td>
                    <td class="number">{missing === null ? 'unknown' : count(missing)}</td>
                    <td class="sessions-cut soft" title={gap.market ?? undefined}>
                      {gap.market ?? 'any'}
                    </td>
                  </tr>
                );
              }}
            </For>
          </tbody>
        </table>
        <Show when={asked.answer()?.next}>
          <p class="note">These are the newest 20.</p>
        </Show>
      </Show>
    </section>
  );
}

const HoleTime = (props: { readonly atMs: number; readonly market: string }): JSX.Element => (
  <Show when={props.market !== ''} fallback={clockFine(props.atMs, zone(), 3)}>
    <a href={hrefOf('market', props.market, props.atMs)} title={`The book of ${props.market} then`}>
      {clockFine(props.atMs, zone(), 3)}
    </a>
  </Show>
);
