import { Index, Show, type JSX } from 'solid-js';
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
          <Index each={rows()}>
            {(row) => (
              <tr>
                <th scope="row" class="overview-component">
                  <Mark level={row().level} /> {row().name}
                </th>
                <td class={row().level === 'warn' ? 'warn' : row().level === 'bad' ? 'bad' : ''}>{row().health}</td>
                <td class="soft overview-cause" title={row().cause}>
                  {row().cause}
                </td>
                <td class="number soft">
                  <Show when={row().sinceMs !== null}>{duration(live.nowMs() - row().sinceMs!)}</Show>
                </td>
              </tr>
            )}
          </Index>
        </tbody>
      </table>
    </section>
  );
}
