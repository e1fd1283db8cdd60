import type { JSX } from 'solid-js';

export function FaultsView(): JSX.Element {
  return <h1>Faults</h1>;
}
