// What came of the faults: of one through time, of all in figures and a table.
import { createMemo, createSignal, Index, Show, type JSX } from 'solid-js';
import { live } from '../live/live.ts';
import { Figure } from '../shell/figure.tsx';
import { Mark } from '../shell/mark.tsx';
import { zone } from '../shell/zone.ts';
import { duration } from '../text/duration.ts';
import { count } from '../text/number.ts';
import { clock } from '../text/time.ts';
import { FaultStrip } from './fault-strip.tsx';
import { barOf, median, timesOf, type Injected } from './fault-times.ts';
import { followStrip } from './follow-strip.ts';
import { sessionStory } from './strip-text.ts';
import './outcomes.css';

const SHOWN = 20;

export function Outcomes(props: { readonly injected: readonly Injected[] }): JSX.Element {
  // The newest, unless somebody looks at another; a new one takes its place.
  const [chosen, setChosen] = createSignal<{ readonly id: string; readonly whileNewest: string | null } | null>(null);
  const newestId = () => props.injected[0]?.id ?? null;
  const fault = () => {
    const id = chosen()?.whileNewest === newestId() ? chosen()!.id : newestId();
    return props.injected.find((of) => of.id === id) ?? null;
  };
  const followed = followStrip(fault);
  const times = () => (fault() ? timesOf(fault()!, live.nowMs()) : null);
  const timed = createMemo(() => props.injected.map((of) => timesOf(of, live.nowMs())));
  const healed = () => timed().flatMap(({ healedMs }) => healedMs ?? []);
  const noticed = () => timed().filter(({ noticedMs }) => noticedMs !== null).length;
  const mostMs = () =>
    Math.max(
      1,
      ...timed()
        .slice(0, SHOWN)
        .map(({ unnoticedMs, repairMs }) => unnoticedMs + repairMs),
    );
  return (
    <section class="outcomes">
      <header>
        <div aria-live="polite">
          <h1>
            <Mark level={times()?.level ?? 'busy'} /> {times()?.verdict ?? 'Nothing is broken yet'}
          </h1>
          <p class="soft">
            <Show
              when={fault()}
              fallback="Choose a fault and inject it; what it does is seen here and on every other page."
            >
              {(last) => <Story fault={last()} session={sessionStory(followed.strip())} />}
            </Show>
          </p>
        </div>
        <dl class="outcomes-figures">
          <Figure label="Injected" value={count(timed().length)} unit={timed().length === 1 ? 'fault' : 'faults'} />
          <Figure label="Healed alone" value={count(healed().length)} unit={`of ${count(noticed())} noticed`} />
          <Figure label="Median to heal" value={healed().length === 0 ? '–' : duration(median(healed())!)} />
        </dl>
      </header>
      <FaultStrip followed={followed} />
      <div class="outcomes-table" role="region" aria-label="What came of each fault" tabindex={0}>
        <table>
          <caption class="unseen">What came of each fault, the newest first</caption>
          <thead>
            <tr>
              <th scope="col">Injected</th>
              <th scope="col">Fault</th>
              <th scope="col" class="outcomes-legend">
                <i class="outcomes-unnoticed" /> unnoticed <i class="outcomes-repair" /> in repair <Mark level="ok" />{' '}
                healed
              </th>
              <th scope="col" class="number">
                Noticed
              </th>
              <th scope="col" class="number">
                Healed
              </th>
              <th scope="col">Named in the ledger as</th>
            </tr>
          </thead>
          <tbody>
            <Index each={props.injected.slice(0, SHOWN)}>
              {(row, index) => {
                const bar = () => barOf(timed()[index]!, mostMs());
                return (
                  <tr classList={{ chosen: row().id === fault()?.id }}>
                    <td>{clock(row().injectedAtMs, zone())}</td>
                    <td>
                      <button
                        type="button"
                        class="plain mono"
                        aria-label={`${row().name} of ${clock(row().injectedAtMs, zone())}, through time`}
                        aria-pressed={row().id === fault()?.id}
                        onClick={() => setChosen({ id: row().id, whileNewest: newestId() })}
                      >
                        {row().name}
                      </button>
                    </td>
                    <td class="outcomes-bar">
                      <span>
                        <i class="outcomes-unnoticed" style={{ '--share': String(bar().unnoticed) }} />
                        <i class="outcomes-repair" style={{ '--share': String(bar().repair) }} />
                        <Mark level={timed()[index]!.level} label={timed()[index]!.verdict} />
                      </span>
                    </td>
                    <td class="number">{told(timed()[index]!.noticedMs)}</td>
                    <td class="number">{told(timed()[index]!.healedMs)}</td>
                    <td>{row().namedAs ?? ''}</td>
                  </tr>
                );
              }}
            </Index>
          </tbody>
        </table>
      </div>
    </section>
  );
}

const told = (ms: number | null): string => (ms === null ? '–' : duration(ms));

function Story(props: { readonly fault: Injected; readonly session: string | null }): JSX.Element {
  return (
    <>
      <span class="mono">{props.fault.name}</span>
      {props.fault.connection === null ? '' : ` on connection ${props.fault.connection}`} at{' '}
      {clock(props.fault.beginsAtMs, zone())}
      {props.fault.noticedBy ? `, noticed by: ${props.fault.noticedBy}` : ''}
      {props.session ? `; ${props.session}` : ''}.
    </>
  );
}
