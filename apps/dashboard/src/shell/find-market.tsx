// A field that leads to a market by its ticker. `/` comes here from every view that has no field of its own for it.
import { createSignal, For, Show, type JSX } from 'solid-js';
import type { Answer } from '../live/answers.ts';
import { live } from '../live/live.ts';
import { bound, useKeys, type Key } from './keys.ts';
import { go } from './route.ts';
import './find-market.css';

/** As many as a list can show. */
const SUGGESTED = 50;

export function FindMarket(): JSX.Element {
  let field!: HTMLInputElement;
  const [tickers, setTickers] = createSignal<readonly string[]>([]);
  const [text, setText] = createSignal('');
  const find: Key = { keys: ['/'], caps: ['/'], does: 'find a market', run: () => field.focus() };
  useKeys([find], 'page');

  const load = async (): Promise<void> => {
    try {
      const { books } = await live.ask<Answer<'/books'>>('/books');
      setTickers(books.map(({ market }) => market));
    } catch {
      // Whoever knows the ticker still comes there.
    }
  };
  const found = (): readonly string[] => {
    const wanted = text().toUpperCase();
    return tickers()
      .filter((ticker) => ticker.toUpperCase().includes(wanted))
      .slice(0, SUGGESTED);
  };
  const open = (event: Event): void => {
    event.preventDefault();
    const ticker = tickers().find((each) => each === text().trim()) ?? found()[0] ?? text().trim();
    if (ticker === '') return;
    setText('');
    field.blur();
    go('market', ticker);
  };
  return (
    <form class="find-market" role="search" onSubmit={open}>
      <input
        ref={field}
        type="text"
        list="tickers"
        placeholder="Find a market"
        aria-label="Find a market"
        autocomplete="off"
        spellcheck={false}
        value={text()}
        onFocus={() => void load()}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
        onKeyDown={({ key }) => key === 'Escape' && field.blur()}
      />
      <Show when={bound().find(({ keys }) => keys.includes('/')) === find}>
        <kbd aria-hidden="true">/</kbd>
      </Show>
      <datalist id="tickers">
        <For each={found()}>{(ticker) => <option value={ticker} />}</For>
      </datalist>
    </form>
  );
}
