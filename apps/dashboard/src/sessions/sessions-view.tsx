// What was recorded: each session, what it continues, and one of them in full.
import { createMemo, createSignal, For, Index, onMount, Show, type JSX } from 'solid-js';
import type { Answer, Session } from '../live/answers.ts';
import { live } from '../live/live.ts';
import { createPolled } from '../live/polled.ts';
import { useKeys } from '../shell/keys.ts';
import { Mark } from '../shell/mark.tsx';
import { hrefOf } from '../shell/parse-route.ts';
import { go } from '../shell/route.ts';
import { zone } from '../shell/zone.ts';
import { duration } from '../text/duration.ts';
import { count, percent } from '../text/number.ts';
import { dayAndMinutes, zoneName } from '../text/time.ts';
import { shortId } from '../text/session-id.ts';
import { AskedError } from '../shell/asked-error.tsx';
import { ChainCell } from './chain-cell.tsx';
import { lanesOf } from './chain-lines.ts';
import { CoverageBar } from './coverage-bar.tsx';
import { followCoverage } from './follow-coverage.ts';
import { followJob, listJobs } from './follow-job.ts';
import { followVisible, type Visible } from './follow-visible.ts';
import type { RowCoverage } from './row-coverage.ts';
import { SessionDetail } from './session-detail.tsx';
import {
  barShare,
  lastedMs,
  levelOf,
  moveTo,
  recordersOf,
  sessionRows,
  statusCounts,
  type SessionRow,
  type SessionStatus,
} from './session-rows.ts';
import './sessions.css';

const LISTED = 200;
const NO_SESSIONS: readonly Session[] = [];

/** @param props.session its id; `null`: the newest one is shown */
export function SessionsView(props: { readonly session: string | null }): JSX.Element {
  const listed = createPolled<Answer<'/sessions'>>(() => `/sessions?limit=${LISTED}`, 10_000);
  const [status, setStatus] = createSignal<SessionStatus | null>(null);
  const [recorder, setRecorder] = createSignal<string | null>(null);
  const [marked, setMarked] = createSignal<string | null>(null);
  const sessions = (): readonly Session[] => listed.answer()?.sessions ?? NO_SESSIONS;
  const recorders = createMemo(() => recordersOf(sessions()));
  const ofRecorder = createMemo(() =>
    sessions().filter((session) => recorder() === null || session.recorder === recorder()),
  );
  const rows = createMemo(() => sessionRows(ofRecorder(), status()));
  const newest = createMemo((before: string | null) => before ?? rows()[0]?.session.id ?? null, null);
  const shownId = createMemo(() => props.session ?? newest());
  const shown = (): Session | null => sessions().find(({ id }) => id === shownId()) ?? null;
  const cursor = (): string | null => marked() ?? shownId();
  const longestMs = createMemo(() =>
    sessions().reduce((longest, session) => Math.max(longest, lastedMs(session, session.lastRecordAtMs ?? 0)), 0),
  );
  const visible = followVisible();
  const coverage = followCoverage(
    createMemo(() => rows().flatMap(({ session }, place) => (visible.places().has(place) ? [session] : []))),
  );
  const lanes = createMemo(() => lanesOf(rows().map(({ chain }) => chain)));
  const jobs = listJobs();
  const verifying = followJob('verify', shownId, jobs);
  const exporting = followJob('export', shownId, jobs);
  const open = (id: string): void => {
    setMarked(id);
    go('sessions', id);
  };
  const move = (by: 1 | -1): void => {
    const id = setMarked(moveTo(rows(), cursor(), by));
    if (id !== null) document.getElementById(rowId(id))?.scrollIntoView({ block: 'nearest' });
  };
  useKeys([
    { keys: ['j', 'k'], caps: ['j', 'k'], does: 'session', run: ({ key }) => move(key === 'j' ? 1 : -1) },
    {
      keys: ['Enter'],
      caps: ['enter'],
      does: 'open',
      run: () => {
        const id = cursor();
        if (id !== null) open(id);
      },
    },
    {
      keys: ['c'],
      caps: ['c'],
      does: 'what it continues',
      run: () => {
        const continues = shown()?.continues ?? null;
        if (continues !== null) open(continues);
      },
    },
    { keys: ['v'], caps: ['v'], does: 'verify', run: verifying.start },
  ]);
  return (
    <div class="sessions" classList={{ 'is-old': live.contact().kind !== 'live' }}>
      <section class="sessions-list">
        <h1 class="unseen">Sessions</h1>
        <div class="sessions-chips" role="group" aria-label="Status">
          <For each={statusCounts(ofRecorder())}>
            {(chip) => (
              <button type="button" aria-pressed={status() === chip.status} onClick={() => setStatus(chip.status)}>
                {chip.status ?? 'All'} <b>{count(chip.count)}</b>
              </button>
            )}
          </For>
          <Show when={recorders().length > 1}>
            <label class="sessions-recorder">
              <span class="soft">Recorder</span>{' '}
              <select
                onChange={({ currentTarget }) => setRecorder(currentTarget.value === '' ? null : currentTarget.value)}
              >
                <option value="">all</option>
                <For each={recorders()}>{(each) => <option value={each}>{each}</option>}</For>
              </select>
            </label>
          </Show>
        </div>
        <AskedError error={listed.error() ?? coverage.error()} />
        <Show
          when={rows().length > 0}
          fallback={
            <Show when={listed.answer()}>
              <p class="sessions-none">
                {status() === null
                  ? 'Nothing is recorded yet. The first session begins when the feed is live.'
                  : 'No session has this status.'}
              </p>
            </Show>
          }
        >
          <table class="sessions-table">
            <caption class="unseen">Sessions, newest first</caption>
            <thead>
              <tr>
                <td />
                <th scope="col">Session</th>
                <th scope="col">Status</th>
                <th scope="col">Began, {zoneName(zone())}</th>
                <th scope="col" class="sessions-lasted number">
                  Lasted
                </th>
                <th scope="col" colSpan={2} class="sessions-wide">
                  Coverage
                </th>
                <th scope="col" class="sessions-narrow number">
                  Coverage
                </th>
                <th scope="col" class="number">
                  Holes
                </th>
                <th scope="col" class="number">
                  Frames
                </th>
              </tr>
            </thead>
            <tbody>
              <Index each={rows()}>
                {(row, index) => (
                  <Row
                    row={row()}
                    place={index}
                    lanes={lanes()}
                    coverage={coverage.of(row().session.id)}
                    visible={visible}
                    longestMs={longestMs()}
                    isShown={row().session.id === shownId()}
                    isMarked={row().session.id === marked()}
                    onOpen={open}
                  />
                )}
              </Index>
            </tbody>
          </table>
          <p class="note sessions-legend">
            Left: what a session continues, dotted after a failure. Bars: length is log of time, the ticks below are
            holes.
            <Show when={sessions().length >= LISTED}> The newest {LISTED} are listed.</Show>
          </p>
        </Show>
      </section>
      <Show when={shownId()} keyed>
        {(id) => (
          <section class="sessions-panel" aria-label="Chosen session">
            <Show
              when={shown() !== null}
              fallback={
                <Show when={listed.answer()}>
                  <p class="sessions-none">
                    <code>{id}</code> is not among the newest {LISTED} sessions.
                  </p>
                </Show>
              }
            >
              <SessionDetail session={shown()!} sessions={sessions()} verifying={verifying} exporting={exporting} />
            </Show>
          </section>
        )}
      </Show>
    </div>
  );
}

const rowId = (id: string): string => `session-${id}`;

function Row(props: {
  readonly row: SessionRow;
  readonly place: number;
  readonly lanes: number;
  /** `undefined`: not known yet. */
  readonly coverage: RowCoverage | null | undefined;
  readonly visible: Visible;
  readonly longestMs: number;
  readonly isShown: boolean;
  readonly isMarked: boolean;
  readonly onOpen: (id: string) => void;
}): JSX.Element {
  const session = (): Session => props.row.session;
  const ms = (): number => lastedMs(session(), session().endedAtMs ?? live.nowMs());
  const level = () => levelOf(session().status);
  let row!: HTMLTableRowElement;
  onMount(() => props.visible.watch(row, props.place));
  return (
    <tr
      ref={row}
      id={rowId(session().id)}
      classList={{ chosen: props.isShown, marked: props.isMarked }}
      onClick={() => props.onOpen(session().id)}
    >
      <ChainCell
        chain={props.row.chain}
        lanes={props.lanes}
        isActive={session().status === 'active'}
        continues={session().continues}
      />
      <th scope="row">
        <a
          class="mono"
          href={hrefOf('sessions', session().id)}
          aria-current={props.isShown ? 'true' : undefined}
          title={session().id}
        >
          {shortId(session().id)}
        </a>
      </th>
      <td class={`sessions-status ${level()}`}>
        <Mark level={level()} /> {session().status}
      </td>
      <td class="soft">{dayAndMinutes(session().startedAtMs, zone())}</td>
      <td class="sessions-lasted number">{duration(ms())}</td>
      <td class="sessions-wide">
        <CoverageBar
          share={barShare(ms(), Math.max(props.longestMs, ms()))}
          coverage={props.coverage ?? null}
          level={level()}
          isActive={session().status === 'active'}
        />
      </td>
      <td class="sessions-covered number">
        {props.coverage ? `${percent(props.coverage.coveredMs, props.coverage.marketMs)} %` : '–'}
      </td>
      <td class="number">{count(session().gaps)}</td>
      <td class="number">{count(session().messages)}</td>
    </tr>
  );
}
