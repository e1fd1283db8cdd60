// How well something does, as a shape, never as a colour alone: ● ok, ▲ warn, ■ bad, ◌ no contact.
import { Match, Switch, type JSX } from 'solid-js';
import './mark.css';

export type Level = 'ok' | 'warn' | 'bad' | 'none' | 'busy';

/** @param props.label for whoever does not see it; none: the word beside it says the same */
export function Mark(props: { readonly level: Level; readonly label?: string; readonly large?: boolean }): JSX.Element {
  return (
    <svg
      class={`mark ${props.level} ${props.large ? 'large' : ''}`}
      viewBox="0 0 16 16"
      role={props.label ? 'img' : 'presentation'}
      aria-label={props.label}
      aria-hidden={props.label ? undefined : 'true'}
    >
      <Switch>
        <Match when={props.level === 'ok'}>
          <circle cx="8" cy="8" r="7" />
        </Match>
        <Match when={props.level === 'warn'}>
          <path d="M8 1 15 15H1Z" />
        </Match>
        <Match when={props.level === 'bad'}>
          <path d="M1 1h14v14H1Z" />
        </Match>
        <Match when={true}>
          <circle class="hollow" cx="8" cy="8" r="6.5" />
        </Match>
      </Switch>
    </svg>
  );
}
