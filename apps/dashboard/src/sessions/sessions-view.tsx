import type { JSX } from 'solid-js';

export function SessionsView(props: { readonly session: string | null }): JSX.Element {
  return <h1>{props.session}</h1>;
}
