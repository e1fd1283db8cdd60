// Leads to the book of a market at a time of the session.
import { For, Show, type JSX } from 'solid-js';
import { hrefOf } from '../shell/parse-route.ts';
import { zone } from '../shell/zone.ts';
import { clock, day } from '../text/time.ts';
import type { SessionCoverage } from './coverage-strip.tsx';

export type Look = { readonly market: string; readonly atMs: number };

export function BookAtTime(props: {
  readonly coverage: SessionCoverage;
  readonly look: Look;
  readonly onLook: (look: Partial<Look>) => void;
}): JSX.Element {
  const said = (): string => `${day(props.look.atMs, zone())} ${clock(props.look.atMs, zone())}`;
  return (
    <p class="sessions-book">
      <label>
        Book of{' '}
        <input
          type="text"
          list="session-markets"
          autocomplete="off"
          spellcheck={false}
          value={props.look.market}
          onInput={({ currentTarget }) => props.onLook({ market: currentTarget.value.trim() })}
        />
      </label>
      <datalist id="session-markets">
        <For each={props.coverage.tickers}>{(ticker) => <option value={ticker} />}</For>
      </datalist>{' '}
      at {said()}{' '}
      <Show when={props.look.market !== ''}>
        <a href={hrefOf('market', props.look.market, props.look.atMs)}>open it</a>
      </Show>
    </p>
  );
}
