// The book with the most changes, in small.
import { createMemo, createSignal, Show, type JSX } from 'solid-js';
import { firstSpan } from '../draw/time-window.ts';
import type { Answer } from '../live/answers.ts';
import { live } from '../live/live.ts';
import { createPolled } from '../live/polled.ts';
import { busiestFirst } from '../market/busiest.ts';
import { followPicture } from '../market/follow-picture.ts';
import { Heatmap } from '../market/heatmap.tsx';
import { columnsIn } from '../market/scales.ts';
import { stepOf } from '../market/steps.ts';
import { Mark } from '../shell/mark.tsx';
import { hrefOf } from '../shell/parse-route.ts';
import { cents, parsePrice } from '../text/price.ts';

const SPANS_MS = [2, 4, 8].map((minutes) => minutes * 60_000);

export function BusiestBook(): JSX.Element {
  const books = createPolled<Answer<'/books'>>(() => '/books', 10_000);
  const found = () => busiestFirst(books.answer()?.books ?? []);
  // It stays as long as it is among the busy ones: a picture that begins anew every few seconds shows nothing.
  const market = createMemo((before: string | null): string | null => {
    const busy = found()
      .slice(0, 5)
      .map((book) => book.market);
    return before !== null && busy.includes(before) ? before : (busy[0] ?? before);
  }, null);
  const book = () => found().find((each) => each.market === market()) ?? null;
  return (
    <section class="overview-book" classList={{ 'is-old': live.contact().kind !== 'live' }}>
      <Show
        when={market()}
        keyed
        fallback={<h2>{books.answer() ? 'No market is open.' : (books.error()?.message ?? 'Busiest book')}</h2>}
      >
        {(ticker) => (
          <>
            <h2>
              Busiest book{' '}
              <a class="mono" href={hrefOf('market', ticker)}>
                {ticker}
              </a>
              <Show when={book()}>{(shown) => <Touch book={shown()} />}</Show>
            </h2>
            <Small market={ticker} />
          </>
        )}
      </Show>
    </section>
  );
}

function Touch(props: { readonly book: Answer<'/books'>['books'][number] }): JSX.Element {
  const price = (level: readonly [string, string] | null): string => {
    const parsed = level && parsePrice(level[0]);
    return parsed === null ? '–' : cents(parsed);
  };
  return (
    <span class="overview-touch">
      <Show
        when={props.book.synced}
        fallback={
          <span class="warn">
            <Mark level="warn" /> stale: {props.book.staleReason}
          </span>
        }
      >
        <b>{price(props.book.yesBid)}</b> ¢ bid <b>{price(props.book.yesAsk)}</b> ¢ ask
      </Show>
    </span>
  );
}

function Small(props: { readonly market: string }): JSX.Element {
  const [deviceWidth, setDeviceWidth] = createSignal(400);
  const spanMs = createMemo(() => {
    const session = live.status()?.session;
    return firstSpan(SPANS_MS, SPANS_MS.at(-1)!, session ? live.nowMs() - session.startedAtMs : null);
  });
  const stepMs = createMemo(() => stepOf(spanMs(), deviceWidth()));
  const endMs = createMemo(() => Math.ceil(live.nowMs() / stepMs()) * stepMs());
  const columns = () => columnsIn(deviceWidth(), spanMs(), stepMs()).columns;
  const followed = followPicture(
    () => props.market,
    stepMs,
    () => ({ fromMs: endMs() - columns() * stepMs(), toMs: endMs() }),
  );
  return (
    <Heatmap
      small
      market={props.market}
      followed={followed}
      window={{ spanMs: spanMs(), endMs: null }}
      endMs={endMs()}
      isFlipped={false}
      isHeld={false}
      onWidth={setDeviceWidth}
    />
  );
}
