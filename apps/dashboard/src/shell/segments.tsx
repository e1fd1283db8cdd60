// One of a few: a row of buttons that belong together.
import { For, type JSX } from 'solid-js';
import './segments.css';

export type SegmentsProps<Value extends string | number> = {
  readonly label: string;
  readonly options: readonly { readonly value: Value; readonly text: string }[];
  readonly value: Value;
  readonly onChoose: (value: Value) => void;
};

export function Segments<Value extends string | number>(props: SegmentsProps<Value>): JSX.Element {
  return (
    <div class="segments" role="group" aria-label={props.label}>
      <For each={props.options}>
        {({ value, text }) => (
          <button type="button" aria-pressed={props.value === value} onClick={() => props.onChoose(value)}>
            {text}
          </button>
        )}
      </For>
    </div>
  );
}
