// A session by its short name, which leads to it.
import type { JSX } from 'solid-js';
import { hrefOf } from '../shell/parse-route.ts';
import { shortId } from '../text/session-id.ts';

export const SessionLink = (props: { readonly id: string }): JSX.Element => (
  <a class="mono" href={hrefOf('sessions', props.id)}>
    {shortId(props.id)}
  </a>
);
