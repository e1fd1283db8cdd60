// The session that is recorded into, what is in it, and what it continues.
import { createMemo, Index, Show, type JSX } from 'solid-js';
import type { Answer } from '../live/answers.ts';
import { live } from '../live/live.ts';
import type { Polled } from '../live/polled.ts';
import { hrefOf } from '../shell/parse-route.ts';
import { SessionCounters } from '../shell/session-counters.tsx';
import { zone } from '../shell/zone.ts';
import { duration } from '../text/duration.ts';
import { count } from '../text/number.ts';
import { clock } from '../text/time.ts';
import { shortId } from '../text/session-id.ts';
import { chainOf, LONG_GAP_MS } from './chain.ts';

const SHOWN = 4;
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
            <SessionCounters of={counted() ?? session()} />
            <ol class="overview-chain" aria-label="Sessions that it continues">
              <Index each={chain()!.links}>
                {(link) => (
                  <li
                    classList={{
                      present: link().session.endedAtMs === null,
                      ended: link().session.id === session().id && link().session.endedAtMs !== null,
                    }}
                  >
                    <Show when={link().gapMs !== null}>
                      <span class="overview-chain-gap" classList={{ bad: link().gapMs! >= LONG_GAP_MS }}>
                        {duration(link().gapMs!)}
                      </span>
                    </Show>
                    <a class="mono" href={hrefOf('sessions', link().session.id)}>
                      {shortId(link().session.id)}
                    </a>
                    <span class="quiet">
                      {duration((link().session.endedAtMs ?? live.nowMs()) - link().session.startedAtMs)}
                      {link().session.endedAtMs === null ? ', recording' : ''}
                    </span>
                  </li>
                )}
              </Index>
            </ol>
          </>
        )}
      </Show>
    </section>
  );
}
