// Which faults there are, the one that is chosen, and what can be done with it.
import { createMemo, For, Show, type JSX } from 'solid-js';
import type { Faults } from '../live/answers.ts';
import type { AskError } from '../live/ask.ts';
import { live } from '../live/live.ts';
import { AskedError } from '../shell/asked-error.tsx';
import { duration } from '../text/duration.ts';
import type { Aim } from './fault-aim.ts';

export type Named = Faults['names'][number];

export type FaultKindsProps = {
  readonly faults: Faults;
  readonly chosen: Named;
  readonly onChoose: (name: Named['name']) => void;
  /** Which one it is of; `null`: all. */
  readonly connection: number | null;
  readonly onAim: (aim: Aim) => void;
  readonly onInject: () => void;
  readonly onEnd: () => void;
  /** On the monotonic clock; `null`: there is no storm. */
  readonly stormEndsAtMs: number | null;
  /** Begins one, or ends it. */
  readonly onStorm: () => void;
  readonly refused: AskError | null;
};

export function FaultKinds(props: FaultKindsProps): JSX.Element {
  // Which there are does not change: the buttons stay the same elements while outcomes come in.
  const groups = createMemo(() => props.faults.groups, undefined, {
    equals: (one, other) => one.join() === other.join(),
  });
  const names = createMemo(() => props.faults.names, undefined, {
    equals: (one, other) => one.length === other.length,
  });
  // The list stays while it is open.
  const connections = createMemo(() => props.faults.connections, undefined, {
    equals: (one, other) => one.join() === other.join(),
  });
  return (
    <section class="faults-kinds">
      <h1>
        Break something <span class="quiet">{names().length} kinds, simulator only</span>
      </h1>
      <For each={groups()}>
        {(group) => (
          <div role="group" aria-label={group}>
            <h2 class="faults-group">
              {group} <span class="quiet">{names().filter((each) => each.group === group).length}</span>
            </h2>
            <div class="faults-buttons">
              <For each={names().filter((each) => each.group === group)}>
                {({ name }) => (
                  <button
                    type="button"
                    class="mono"
                    aria-pressed={name === props.chosen.name}
                    onClick={() => props.onChoose(name)}
                  >
                    {name}
                  </button>
                )}
              </For>
            </div>
          </div>
        )}
      </For>
      <div class="faults-chosen">
        <h2 class="mono">{props.chosen.name}</h2>
        <p class="soft">
          {props.chosen.what} It ends by itself after {duration(props.chosen.untilMs)} at the latest.
        </p>
        <Show when={props.chosen.takesConnection}>
          <label class="faults-aim">
            <span class="quiet">connection</span>{' '}
            <select onChange={({ currentTarget: { value } }) => props.onAim(value === 'all' ? 'all' : Number(value))}>
              <option value="all" selected={props.connection === null}>
                all
              </option>
              <For each={connections()}>
                {(number) => (
                  <option value={number} selected={props.connection === number}>
                    {number}
                  </option>
                )}
              </For>
            </select>
          </label>
        </Show>
        <div class="faults-actions">
          <button type="button" class="primary" onClick={() => props.onInject()}>
            Inject {props.chosen.name}
          </button>
          <button type="button" aria-pressed={props.stormEndsAtMs !== null} onClick={() => props.onStorm()}>
            {props.stormEndsAtMs === null ? 'Storm for 60 s' : `End the storm, ${leftS(props.stormEndsAtMs)} s left`}
          </button>
          <button type="button" onClick={() => props.onEnd()}>
            End every fault
          </button>
        </div>
        <Show when={props.refused}>
          <AskedError error={props.refused} />
        </Show>
      </div>
    </section>
  );
}

/** It is counted down with the clock of the page. */
function leftS(endsAtMs: number): number {
  live.nowMs();
  return Math.max(Math.ceil((endsAtMs - performance.now()) / 1_000), 0);
}
