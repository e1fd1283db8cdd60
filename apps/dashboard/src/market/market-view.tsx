import type { JSX } from 'solid-js';

export function MarketView(props: { readonly ticker: string | null }): JSX.Element {
  return <h1>{props.ticker}</h1>;
}
