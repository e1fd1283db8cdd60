import { For, Show, type JSX } from 'solid-js';
import { live } from '../live/live.ts';
import { Mark } from '../shell/mark.tsx';
import { duration } from '../text/duration.ts';
import { componentRows } from './component-rows.ts';

export function ComponentsTable(): JSX.Element {
  const rows = () => (live.status() ? componentRows(live.status()!) : []);
  return (
    <section class="overview-components">
      <table>
        <caption class="unseen">Health by component</caption>
        <thead>
          <tr>
            <th scope="col">Component</th>
            <th scope="col">Health</th>
            <th scope="col">Cause</th>
            <th scope="col" class="number">
              For
            </th>
          </tr>
        </thead>
        <tbody>
          <For each={rows()}>
            {({ name, level, health, cause, sinceMs }) => (
              <tr>
                <th scope="row" class="overview-component">
                  <Mark level={level} /> {name}
                </th>
                <td class={level === 'warn' ? 'warn' : level === 'bad' ? 'bad' : ''}>{health}</td>
                <td class="soft overview-cause" title={cause}>
                  {cause}
                </td>
                <td class="number soft">
                  <Show when={sinceMs !== null}>{duration(live.nowMs() - sinceMs!)}</Show>
                </td>
              </tr>
            )}
          </For>
        </tbody>
      </table>
    </section>
  );
}
