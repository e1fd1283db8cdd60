// Break something, and watch it heal: faults of the built-in simulator, and what came of each. A real exchange cannot be broken
// from here; then the page says so.
import { createMemo, createSignal, For, Index, Show, type JSX } from 'solid-js';
import type { Faults } from '../live/answers.ts';
import { AskError } from '../live/ask.ts';
import { live } from '../live/live.ts';
import { createPolled } from '../live/polled.ts';
import { Figure } from '../shell/figure.tsx';
import { useKeys } from '../shell/keys.ts';
import { Mark } from '../shell/mark.tsx';
import { zone } from '../shell/zone.ts';
import { duration } from '../text/duration.ts';
import { count } from '../text/number.ts';
import { clock } from '../text/time.ts';
import { median, timesOf, type Injected } from './fault-times.ts';
import './faults.css';

type Named = Faults['names'][number];

const SHOWN = 20;

export function FaultsView(): JSX.Element {
  const faults = createPolled<Faults>(() => '/faults', 1_000);
  return (
    <Show
      when={faults.answer()}
      fallback={
        <p class="faults-none">
          {faults.error()?.code === 'FAULTS_UNAVAILABLE'
            ? 'A real exchange cannot be broken from here. With the built-in simulator this page has a button for each kind of fault.'
            : faults.error() && `${faults.error()!.code}: ${faults.error()!.message}`}
        </p>
      }
    >
      {(answer) => <Breakable faults={answer()} again={faults.again} />}
    </Show>
  );
}

function Breakable(props: { readonly faults: Faults; readonly again: () => void }): JSX.Element {
  const [chosen, setChosen] = createSignal<Named['name']>('half-open');
  const [refused, setRefused] = createSignal<AskError | null>(null);
  // Which there are does not change: the buttons stay the same elements while outcomes come in.
  const groups = createMemo(() => props.faults.groups, undefined, {
    equals: (one, other) => one.join() === other.join(),
  });
  const names = createMemo(() => props.faults.names, undefined, {
    equals: (one, other) => one.length === other.length,
  });
  const named = createMemo(() => names().find(({ name }) => name === chosen()) ?? names()[0]!);
  const change = async (method: 'POST' | 'DELETE', sent?: object): Promise<void> => {
    try {
      await live.ask('/faults', { method, sent });
      setRefused(null);
      props.again();
    } catch (error) {
      setRefused(error instanceof AskError ? error : new AskError('INTERNAL', String(error)));
    }
  };
  const inject = (): void => void change('POST', { name: chosen() });
  const move = (by: number): void => {
    const { names } = props.faults;
    const index = names.findIndex(({ name }) => name === chosen());
    setChosen(names[(index + by + names.length) % names.length]!.name);
  };
  useKeys([
    { keys: ['i'], caps: ['i'], does: 'inject', run: inject },
    {
      keys: ['ArrowUp', 'ArrowDown'],
      caps: ['↑', '↓'],
      does: 'kind',
      run: ({ key }) => move(key === 'ArrowUp' ? -1 : 1),
    },
    { keys: ['x'], caps: ['x'], does: 'end every fault', run: () => void change('DELETE') },
  ]);
  return (
    <div class="faults" classList={{ 'is-old': live.contact().kind !== 'live' }}>
      <section class="faults-kinds">
        <h1>
          Break something <span class="quiet">{props.faults.names.length} kinds, simulator only</span>
        </h1>
        <For each={groups()}>
          {(group) => (
            <div role="group" aria-label={group}>
              <h2 class="faults-group">{group}</h2>
              <div class="faults-buttons">
                <For each={names().filter((each) => each.group === group)}>
                  {({ name }) => (
                    <button type="button" class="mono" aria-pressed={name === chosen()} onClick={() => setChosen(name)}>
                      {name}
                    </button>
                  )}
                </For>
              </div>
            </div>
          )}
        </For>
        <div class="faults-chosen">
          <h2 class="mono">{named().name}</h2>
          <p class="soft">
            {named().what} It ends by itself after {duration(named().untilMs)} at the latest.
          </p>
          <button type="button" class="primary" onClick={inject}>
            Inject {named().name}
          </button>{' '}
          <button type="button" onClick={() => void change('DELETE')}>
            End every fault
          </button>
          <Show when={refused()}>
            {(error) => (
              <p class="bad" role="alert">
                {error().code}: {error().message}
              </p>
            )}
          </Show>
        </div>
      </section>
      <Outcomes injected={props.faults.injected} />
    </div>
  );
}

function Outcomes(props: { readonly injected: readonly Injected[] }): JSX.Element {
  const timed = createMemo(() => props.injected.map((fault) => ({ fault, times: timesOf(fault, live.nowMs()) })));
  const newest = () => timed()[0] ?? null;
  const healed = () => timed().flatMap(({ times }) => times.healedMs ?? []);
  const noticed = () => timed().filter(({ times }) => times.noticedMs !== null).length;
  const mostMs = () => Math.max(1, ...timed().map(({ times }) => times.healedMs ?? times.noticedMs ?? 0));
  return (
    <section class="faults-outcomes" tabindex={0} aria-label="What was broken">
      <header>
        <div aria-live="polite">
          <h1>
            <Mark level={newest()?.times.level ?? 'busy'} /> {newest()?.times.verdict ?? 'Nothing is broken yet'}
          </h1>
          <p class="soft">
            <Show
              when={newest()}
              fallback="Choose a fault and inject it; what it does is seen here and on every other page."
            >
              {(last) => (
                <>
                  <span class="mono">{last().fault.name}</span> at {clock(last().fault.beginsAtMs, zone())}
                  {last().fault.noticedBy ? `, noticed by: ${last().fault.noticedBy}` : ''}
                </>
              )}
            </Show>
          </p>
        </div>
        <dl class="faults-figures">
          <Figure label="Injected" value={count(timed().length)} />
          <Figure label="Healed alone" value={count(healed().length)} unit={`of ${count(noticed())} noticed`} />
          <Figure label="Median to heal" value={healed().length === 0 ? '–' : duration(median(healed())!)} />
        </dl>
      </header>
      <table>
        <caption class="unseen">What came of each fault, the newest first</caption>
        <thead>
          <tr>
            <th scope="col">Injected</th>
            <th scope="col">Fault</th>
            <th scope="col">Unnoticed, in repair, healed</th>
            <th scope="col" class="number">
              Noticed
            </th>
            <th scope="col" class="number">
              Healed
            </th>
            <th scope="col">Named as</th>
          </tr>
        </thead>
        <tbody>
          <Index each={timed().slice(0, SHOWN)}>
            {(row) => (
              <tr>
                <td>{clock(row().fault.injectedAtMs, zone())}</td>
                <td class="mono">{row().fault.name}</td>
                <td class="faults-bar">
                  <i class="faults-unnoticed" style={{ '--share': String((row().times.noticedMs ?? 0) / mostMs()) }} />
                  <i
                    class="faults-repair"
                    style={{
                      '--share': String(
                        ((row().times.healedMs ?? row().times.noticedMs ?? 0) - (row().times.noticedMs ?? 0)) /
                          mostMs(),
                      ),
                    }}
                  />
                  <Mark level={row().times.level} label={row().times.verdict} />
                </td>
                <td class="number">{row().times.noticedMs === null ? '–' : duration(row().times.noticedMs!)}</td>
                <td class="number">{row().times.healedMs === null ? '–' : duration(row().times.healedMs!)}</td>
                <td>{row().fault.namedAs ?? ''}</td>
              </tr>
            )}
          </Index>
        </tbody>
      </table>
    </section>
  );
}
