// The session that is recorded into, what is in it, and what it continues.
import { createMemo, For, Show, type JSX } from 'solid-js';
import type { Answer } from '../live/answers.ts';
import { live } from '../live/live.ts';
import type { Polled } from '../live/polled.ts';
import { hrefOf } from '../shell/parse-route.ts';
import { zone } from '../shell/zone.ts';
import { duration } from '../text/duration.ts';
import { count } from '../text/number.ts';
import { clock } from '../text/time.ts';
import { shortId } from './band-text.ts';
import { chainOf, LONG_GAP_MS } from './chain.ts';

const SHOWN = 4;
const COUNTERS = [
  ['Deltas', 'deltas'],
  ['Snapshots', 'snapshots'],
  ['Trades', 'trades'],
  ['Raw frames', 'raw'],
  ['Gaps', 'gaps'],
  ['Shed', 'shed'],
] as const;

export function SessionPanel(props: { readonly sessions: Polled<Answer<'/sessions'>> }): JSX.Element {
  const newest = createMemo(() => {
    const all = props.sessions.answer()?.sessions ?? [];
    const recorder = live.status()?.session?.recorder;
    return (
      all.find(({ id }) => id === live.status()?.session?.id) ??
      all.find((each) => recorder === undefined || each.recorder === recorder) ??
      null
    );
  });
  // What is counted now, as long as it is this session's; afterwards what its row says.
  const counted = () => {
    const present = live.status()?.session;
    return present && present.id === newest()?.id ? present : newest();
  };
  const chain = createMemo(() => (newest() ? chainOf(props.sessions.answer()!.sessions, newest()!.id, SHOWN) : null));
  return (
    <section class="overview-session">
      <Show when={newest()} fallback={<h2>{props.sessions.error()?.message ?? 'No session yet'}</h2>}>
        {(session) => (
          <>
            <h2>
              Session{' '}
              <a class="mono" href={hrefOf('sessions', session().id)}>
                {shortId(session().id)}
              </a>{' '}
              <span class="overview-session-note">
                {session().endedAtMs === null
                  ? `since ${clock(session().startedAtMs, zone())}`
                  : `${clock(session().startedAtMs, zone())} to ${clock(session().endedAtMs!, zone())}, ended as ${session().status}`}
                {chain()!.continued === 0
                  ? ''
                  : `, continues ${count(chain()!.continued)} ${chain()!.continued === 1 ? 'other' : 'others'}`}
              </span>
            </h2>
            <dl class="overview-counters">
              <For each={COUNTERS}>
                {([label, key]) => (
                  <div>
                    <dt>{label}</dt>
                    <dd>{count(counted()?.[key] ?? 0)}</dd>
                  </div>
                )}
              </For>
            </dl>
            <ol class="overview-chain" aria-label="Sessions that it continues">
              <For each={chain()!.links}>
                {({ session: link, gapMs }) => (
                  <li
                    classList={{
                      present: link.endedAtMs === null,
                      ended: link.id === session().id && link.endedAtMs !== null,
                    }}
                  >
                    <Show when={gapMs !== null}>
                      <span class="overview-chain-gap" classList={{ bad: gapMs! >= LONG_GAP_MS }}>
                        {duration(gapMs!)}
                      </span>
                    </Show>
                    <a class="mono" href={hrefOf('sessions', link.id)}>
                      {shortId(link.id)}
                    </a>
                    <span class="quiet">
                      {duration((link.endedAtMs ?? live.nowMs()) - link.startedAtMs)}
                      {link.endedAtMs === null ? ', recording' : ''}
                    </span>
                  </li>
                )}
              </For>
            </ol>
          </>
        )}
      </Show>
    </section>
  );
}
