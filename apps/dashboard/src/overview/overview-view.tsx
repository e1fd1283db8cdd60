import type { JSX } from 'solid-js';

export function OverviewView(): JSX.Element {
  return <h1>Overview</h1>;
}
