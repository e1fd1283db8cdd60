// What of all markets is shown, and in which order. Its parts stay the same elements while their counts change.
import { For, Show, type JSX } from 'solid-js';
import { Mark, type Level } from '../shell/mark.tsx';
import { count } from '../text/number.ts';
import { withReason, withShown, type Counted, type Filter, type Shown } from './filter-rows.ts';
import type { Order } from './sort-rows.ts';
import './filter-bar.css';

export type FilterBarProps = {
  readonly field: (element: HTMLInputElement) => void;
  readonly filter: Filter;
  readonly onFilter: (filter: Filter) => void;
  readonly markets: number;
  readonly stale: number;
  readonly reasons: Counted;
  readonly series: Counted;
  readonly order: Order;
  readonly onOrder: (order: Order) => void;
};

const ORDERS: readonly { readonly order: Order; readonly text: string }[] = [
  { order: 'changes', text: 'changes/s' },
  { order: 'market', text: 'ticker' },
  { order: 'bid', text: 'YES bid' },
  { order: 'ask', text: 'YES ask' },
  { order: 'spread', text: 'narrowest spread' },
  { order: 'age', text: 'latest change' },
  { order: 'covered', text: 'least covered' },
];

export function FilterBar(props: FilterBarProps): JSX.Element {
  const change = (changed: Partial<Filter>): void => props.onFilter({ ...props.filter, ...changed });
  /** One that is chosen stays, also when no book has it any more: it can be let go of. */
  const reasons = (): readonly string[] => {
    const { reason } = props.filter;
    return reason === null || props.reasons.has(reason) ? [...props.reasons.keys()] : [...props.reasons.keys(), reason];
  };
  const Chip = (chip: { shown: Shown; text: string; books: number; level?: Level }): JSX.Element => (
    <button
      type="button"
      class="filter-bar-chip"
      aria-pressed={props.filter.shown === chip.shown && props.filter.reason === null}
      onClick={() => props.onFilter(withShown(props.filter, chip.shown))}
    >
      <Show when={chip.level}>{(level) => <Mark level={level()} />}</Show> {chip.text} <b>{count(chip.books)}</b>
    </button>
  );
  return (
    <div class="filter-bar">
      <Chip shown="all" text="All" books={props.markets} />
      <Chip shown="right" text="Right" books={props.markets - props.stale} level="ok" />
      <Chip shown="stale" text="Stale" books={props.stale} level="warn" />
      <For each={reasons()}>
        {(reason) => (
          <button
            type="button"
            class="plain filter-bar-reason"
            aria-pressed={props.filter.reason === reason}
            onClick={() => props.onFilter(withReason(props.filter, reason))}
          >
            {reason} <b>{count(props.reasons.get(reason) ?? 0)}</b>
          </button>
        )}
      </For>
      <div class="filter-bar-right">
        <label class="filter-bar-field">
          <input
            ref={props.field}
            type="search"
            placeholder="Ticker or title"
            aria-label="Ticker or title"
            autocomplete="off"
            spellcheck={false}
            value={props.filter.text}
            onInput={({ currentTarget }) => change({ text: currentTarget.value })}
            onKeyDown={(event) => {
              if (event.key !== 'Escape') return;
              // Some browsers empty the field by themselves, and do not say so.
              event.preventDefault();
              change({ text: '' });
              event.currentTarget.blur();
            }}
          />
          <kbd aria-hidden="true">/</kbd>
        </label>
        <label class="filter-bar-choice">
          Series
          <select onChange={({ currentTarget }) => change({ series: currentTarget.value || null })}>
            <option value="" selected={props.filter.series === null}>
              any
            </option>
            <For each={[...props.series.keys()]}>
              {(name) => (
                <option value={name} selected={props.filter.series === name}>
                  {name} ({count(props.series.get(name) ?? 0)})
                </option>
              )}
            </For>
          </select>
        </label>
        <label class="filter-bar-choice">
          Order
          <select onChange={({ currentTarget }) => props.onOrder(currentTarget.value as Order)}>
            <For each={ORDERS}>
              {({ order, text }) => (
                <option value={order} selected={props.order === order}>
                  stale first, then {text}
                </option>
              )}
            </For>
          </select>
        </label>
      </div>
    </div>
  );
}
