// Break something, and watch it heal: faults of the built-in simulator, and what came of each. A real exchange cannot be broken
// from here; then the page says so.
import { createSignal, onMount, Show, type JSX } from 'solid-js';
import type { Faults } from '../live/answers.ts';
import { AskError } from '../live/ask.ts';
import { live } from '../live/live.ts';
import { createPolled } from '../live/polled.ts';
import { useKeys } from '../shell/keys.ts';
import { connectionOf, type Aim } from './fault-aim.ts';
import { FaultKinds, type Named } from './fault-kinds.tsx';
import { Outcomes } from './outcomes.tsx';
import { createStorm } from './storm.ts';
import './faults.css';

export function FaultsView(): JSX.Element {
  const faults = createPolled<Faults>(() => '/faults', 1_000);
  return (
    <Show
      when={faults.answer()}
      fallback={
        <div class="faults-none">
          <h1 class="unseen">Faults</h1>
          {faults.error()?.code === 'FAULTS_UNAVAILABLE'
            ? 'A real exchange cannot be broken from here. With the built-in simulator this page has a button for each kind of fault.'
            : faults.error() && `${faults.error()!.code}: ${faults.error()!.message}`}
        </div>
      }
    >
      {(answer) => <Breakable faults={answer()} again={faults.again} />}
    </Show>
  );
}

function Breakable(props: { readonly faults: Faults; readonly again: () => void }): JSX.Element {
  const [chosen, setChosen] = createSignal<Named['name']>('half-open');
  const [aim, setAim] = createSignal<Aim>(null);
  const [refused, setRefused] = createSignal<AskError | null>(null);
  const named = () => props.faults.names.find(({ name }) => name === chosen()) ?? props.faults.names[0]!;
  /** @returns whether the trader took it */
  const change = async (method: 'POST' | 'DELETE', sent?: object): Promise<boolean> => {
    try {
      await live.ask('/faults', { method, sent });
      setRefused(null);
      props.again();
      return true;
    } catch (error) {
      setRefused(error instanceof AskError ? error : new AskError('INTERNAL', String(error)));
      return false;
    }
  };
  const storm = createStorm(async ({ name, untilMs }) => change('POST', { name, untilMs }));
  const connection = () => connectionOf(named(), aim(), props.faults.connections);
  const inject = (): void => {
    const of = connection();
    void change('POST', { name: named().name, ...(of !== null && { connection: of }) });
  };
  const end = (): void => {
    storm.stop();
    void change('DELETE');
  };
  const turnStorm = (): void => (storm.endsAtMs() === null ? storm.start(props.faults.names) : end());
  const move = (by: number): void => {
    const { names } = props.faults;
    const index = names.findIndex(({ name }) => name === chosen());
    setChosen(names[(index + by + names.length) % names.length]!.name);
  };
  // After those of the strip: the last that were bound are listed first.
  onMount(() =>
    useKeys([
      { keys: ['i'], caps: ['i'], does: 'inject', run: inject },
      {
        keys: ['ArrowUp', 'ArrowDown'],
        caps: ['↑', '↓'],
        does: 'kind',
        run: ({ key }) => move(key === 'ArrowUp' ? -1 : 1),
      },
      { keys: ['x'], caps: ['x'], does: 'end every fault', run: end },
      { keys: ['s'], caps: ['s'], does: 'storm, or its end', run: turnStorm },
    ]),
  );
  return (
    <div class="faults" classList={{ 'is-old': live.contact().kind !== 'live' }}>
      <FaultKinds
        faults={props.faults}
        chosen={named()}
        onChoose={setChosen}
        connection={connection()}
        onAim={setAim}
        onInject={inject}
        onEnd={end}
        stormEndsAtMs={storm.endsAtMs()}
        onStorm={turnStorm}
        refused={refused()}
      />
      <Outcomes injected={props.faults.injected} />
    </div>
  );
}
