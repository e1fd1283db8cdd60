// Why a question has no answer: the trader's code and words, in place.
import { Show, type JSX } from 'solid-js';
import type { AskError } from '../live/ask.ts';
import { Mark } from './mark.tsx';
import './asked-error.css';

export function AskedError(props: { readonly error: AskError | null }): JSX.Element {
  return (
    <Show when={props.error}>
      {(error) => (
        <p class="asked-error bad" role="status">
          <Mark level="bad" /> <code>{error().code}</code> {error().message}
        </p>
      )}
    </Show>
  );
}
