// The head of the table: what stands in each column, and by which of them the rows are in order. The style sheet lays out each
// row by itself, so that the parts of the table say their roles.
import { For, Show, type JSX } from 'solid-js';
import type { Order } from './sort-rows.ts';

/** In the order of the cells of a row. `order`: a click sorts by it. */
const COLUMNS: readonly {
  readonly name: string;
  readonly text: string;
  readonly more?: string;
  readonly order?: Order;
}[] = [
  { name: 'market', text: 'Market', order: 'market' },
  { name: 'title', text: 'Title, or what is done about it' },
  { name: 'quote number', text: 'YES bid', order: 'bid' },
  { name: 'quote number', text: 'YES ask', order: 'ask' },
  { name: 'spread number', text: 'Spread', order: 'spread' },
  { name: 'depth', text: 'Depth, YES | NO' },
  { name: 'changes', text: 'Changes/s', more: ', 10 min', order: 'changes' },
  { name: 'age number', text: 'Changed', order: 'age' },
  { name: 'covered', text: 'Covered, 24 h', order: 'covered' },
];

export function TableHead(props: {
  readonly order: Order;
  readonly isDescending: boolean;
  readonly onSort: (order: Order) => void;
}): JSX.Element {
  const isSorted = (order: Order | undefined): boolean => order === props.order;
  const sorted = (order: Order | undefined): 'ascending' | 'descending' | undefined =>
    isSorted(order) ? (props.isDescending ? 'descending' : 'ascending') : undefined;
  /** On the side where the text does not stand in line with its column. */
  const arrow = (order: Order | undefined, isHere: boolean): string =>
    isHere && isSorted(order) ? (props.isDescending ? ' ↓ ' : ' ↑ ') : '';
  return (
    <thead role="rowgroup">
      <tr role="row" aria-rowindex={1}>
        <th role="columnheader" scope="col" class="markets-mark">
          <span class="unseen">State</span>
        </th>
        <For each={COLUMNS}>
          {({ name, text, more, order }) => (
            <th role="columnheader" scope="col" class={`markets-${name}`} aria-sort={sorted(order)}>
              <Show when={order} fallback={text}>
                {(by) => (
                  <button type="button" class="plain" onClick={() => props.onSort(by())}>
                    {arrow(order, name.endsWith('number'))}
                    {text}
                    <Show when={more}>
                      <span class="markets-wide">{more}</span>
                    </Show>
                    {arrow(order, !name.endsWith('number'))}
                  </button>
                )}
              </Show>
            </th>
          )}
        </For>
      </tr>
    </thead>
  );
}
