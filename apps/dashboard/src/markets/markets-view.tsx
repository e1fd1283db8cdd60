import type { JSX } from 'solid-js';

export function MarketsView(): JSX.Element {
  return <h1>Markets</h1>;
}
