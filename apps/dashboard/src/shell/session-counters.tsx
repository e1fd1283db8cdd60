// What a session has counted.
import { For, type JSX } from 'solid-js';
import type { Session } from '../live/answers.ts';
import { count } from '../text/number.ts';
import './session-counters.css';

const COUNTERS = [
  ['Deltas', 'deltas'],
  ['Snapshots', 'snapshots'],
  ['Trades', 'trades'],
  ['Raw frames', 'raw'],
  ['Facts', 'facts'],
  ['Gaps', 'gaps'],
  ['Shed', 'shed'],
] as const;

type Counted = Partial<Pick<Session, (typeof COUNTERS)[number][1]>>;

export function SessionCounters(props: { readonly of: Counted }): JSX.Element {
  return (
    <dl class="session-counters">
      <For each={COUNTERS}>
        {([label, name]) => (
          <div>
            <dt>{label}</dt>
            <dd>{count(props.of[name] ?? 0)}</dd>
          </div>
        )}
      </For>
    </dl>
  );
}
