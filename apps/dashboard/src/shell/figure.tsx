// One number that matters: what it is, the number, its unit, and what else there is to say.
import { Show, type JSX } from 'solid-js';
import './figure.css';

export type FigureProps = {
  readonly label: string;
  readonly value: JSX.Element;
  /** Stands small behind the number. */
  readonly unit?: JSX.Element;
  readonly note?: JSX.Element;
};

/** Inside a `<dl>`. */
export function Figure(props: FigureProps): JSX.Element {
  return (
    <div class="figure">
      <dt>{props.label}</dt>
      <dd class="figure-value">
        {props.value}
        <Show when={props.unit}>
          <span class="figure-unit"> {props.unit}</span>
        </Show>
      </dd>
      <Show when={props.note}>
        <dd class="figure-note">{props.note}</dd>
      </Show>
    </div>
  );
}
