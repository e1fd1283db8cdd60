// All markets: a row each, as many of them in the document as are in sight.
import { createEffect, createMemo, createSignal, For, on, onCleanup, onMount, Show, type JSX } from 'solid-js';
import type { Answer, Book } from '../live/answers.ts';
import { live } from '../live/live.ts';
import { createPolled } from '../live/polled.ts';
import { readPages } from '../live/read-pages.ts';
import { AskedError } from '../shell/asked-error.tsx';
import { useFooterNote } from '../shell/footer-note.ts';
import { useKeys } from '../shell/keys.ts';
import { Mark } from '../shell/mark.tsx';
import { hrefOf } from '../shell/parse-route.ts';
import { go } from '../shell/route.ts';
import { duration } from '../text/duration.ts';
import { count, decimal, percent } from '../text/number.ts';
import { cents } from '../text/price.ts';
import { Cells } from './cells.tsx';
import { FilterBar } from './filter-bar.tsx';
import { filterRows, NO_FILTER, seriesListed, staleReasons, withShown } from './filter-rows.ts';
import { bookWord, marketRows, repairText, type MarketRow } from './market-rows.ts';
import { rowsInSight, rowsMade, sameRows, scrollTo } from './rows-in-sight.ts';
import { isDescendingFirst, sortRows, type Order } from './sort-rows.ts';
import './markets.css';

/** In CSS pixels, as in the style sheet. */
const ROW_HEIGHT = 28;
const HEAD_HEIGHT = 28;

const COLUMNS: readonly { readonly order: Order; readonly text: string; readonly isNumber: boolean }[] = [
  { order: 'bid', text: 'YES bid', isNumber: true },
  { order: 'ask', text: 'YES ask', isNumber: true },
  { order: 'spread', text: 'Spread', isNumber: true },
];
const LAST_COLUMNS: typeof COLUMNS = [
  { order: 'changes', text: 'Changes/s', isNumber: true },
  { order: 'age', text: 'Changed', isNumber: true },
  { order: 'covered', text: 'Covered, 24 h', isNumber: true },
];

const readDescribed = readPages((page: Answer<'/markets'>) => page.markets);
const readCovered = readPages((page: Answer<'/coverage/summary'>) => page.markets);

/** A row and its place among those that fit. */
type Found = { readonly row: MarketRow; readonly index: number };

export function MarketsView(): JSX.Element {
  const books = createPolled<Answer<'/books'>>(() => '/books', 3_000);
  const described = createPolled(() => '/markets?limit=5000', 60_000, readDescribed);
  const coverage = createPolled(() => '/coverage/summary?limit=5000', 60_000, readCovered);
  const [filter, setFilter] = createSignal(NO_FILTER);
  const [order, setOrder] = createSignal<Order>('changes');
  const [isDescending, setIsDescending] = createSignal(true);
  const [chosen, setChosen] = createSignal<string | null>(null);
  const [scrolled, setScrolled] = createSignal({ top: 0, height: 0 });
  let scroller!: HTMLDivElement;
  let field!: HTMLInputElement;

  const shownBooks = (): readonly Book[] => books.answer()?.books ?? [];
  const all = createMemo(() => marketRows(shownBooks(), described.answer() ?? [], coverage.answer() ?? []));
  const rows = createMemo(() => sortRows(filterRows(all(), filter()), order(), isDescending()));
  const reasons = createMemo(() => staleReasons(shownBooks()));
  const series = createMemo(() => seriesListed(shownBooks(), filter().series));
  const stale = createMemo(() => all().filter(({ book }) => !book.synced).length);
  const sight = createMemo(() => rowsInSight(scrolled().top, scrolled().height, ROW_HEIGHT, rows().length), undefined, {
    equals: sameRows,
  });
  const place = createMemo(() => rowsMade(sight(), rows().length), undefined, { equals: sameRows });
  const chosenRow = createMemo((): number | null => {
    const index = rows().findIndex(({ market }) => market === chosen());
    return index === -1 ? null : index;
  });
  // By name: a row stays the same element while its figures change, and so keeps the focus.
  const inSight = createMemo(() =>
    rows()
      .slice(place().from, place().to)
      .map(({ market }) => market),
  );
  const byMarket = createMemo(() => {
    const { from, to } = place();
    return new Map(
      rows()
        .slice(from, to)
        .map((row, offset) => [row.market, { row, index: from + offset }]),
    );
  });
  const look = (): void => {
    setScrolled({ top: scroller.scrollTop, height: scroller.clientHeight - HEAD_HEIGHT });
  };
  createEffect(on([filter, order, isDescending], () => void (scroller.scrollTop = 0), { defer: true }));
  onMount(() => {
    const observer = new ResizeObserver(look);
    observer.observe(scroller);
    onCleanup(() => observer.disconnect());
  });
  const choose = (row: number): void => {
    const next = Math.min(Math.max(row, 0), rows().length - 1);
    setChosen(rows()[next]?.market ?? null);
    scroller.scrollTop = scrollTo(next, scroller.scrollTop, scroller.clientHeight - HEAD_HEIGHT, ROW_HEIGHT);
  };
  /** From the chosen row; without one to the first that is in sight. */
  const chooseNext = (by: 1 | -1): void => {
    const before = chosenRow();
    choose(before === null ? sight().from : before + by);
  };
  const sortBy = (next: Order): void => {
    setIsDescending((before) => (order() === next ? !before : isDescendingFirst(next)));
    setOrder(next);
  };
  useKeys([
    { keys: ['j', 'k'], caps: ['j', 'k'], does: 'row', run: ({ key }) => chooseNext(key === 'j' ? 1 : -1) },
    {
      keys: ['Enter'],
      caps: ['enter'],
      does: 'open',
      run: () => chosen() !== null && go('market', chosen()),
    },
    {
      keys: ['s'],
      caps: ['s'],
      does: 'stale only',
      run: () => setFilter((before) => withShown(before, before.shown === 'stale' ? 'all' : 'stale')),
    },
    { keys: ['/'], caps: ['/'], does: 'find', run: () => field.focus() },
  ]);

  useFooterNote(() => {
    const { from, to } = sight();
    const of = rows().length;
    return of === 0 ? 'no rows' : `rows ${count(from + 1)}–${count(to)} of ${count(of)}, drawn as you scroll`;
  });

  const Sortable = (column: {
    readonly order: Order;
    readonly text: string;
    readonly isNumber: boolean;
  }): JSX.Element => (
    <th
      scope="col"
      class={column.isNumber ? 'number' : ''}
      aria-sort={order() === column.order ? (isDescending() ? 'descending' : 'ascending') : 'none'}
    >
      <button type="button" class="plain" onClick={() => sortBy(column.order)}>
        {column.text}
        {order() === column.order ? (isDescending() ? ' ↓' : ' ↑') : ''}
      </button>
    </th>
  );
  return (
    <div class="markets" classList={{ 'is-old': live.contact().kind !== 'live' }}>
      <h1 class="unseen">Markets</h1>
      <FilterBar
        field={(element) => (field = element)}
        filter={filter()}
        onFilter={setFilter}
        markets={all().length}
        stale={stale()}
        reasons={reasons()}
        series={series()}
        order={order()}
        onOrder={(next) => next !== order() && sortBy(next)}
      />
      <For each={[books, described, coverage]}>{({ error }) => <AskedError error={error()} />}</For>
      <Show when={rows().length > 0}>
        <Cells rows={rows()} sight={sight()} chosenRow={chosenRow()} onChoose={choose} />
      </Show>
      <div
        class="markets-table"
        ref={scroller}
        onScroll={look}
        role="region"
        aria-label="Table of markets"
        tabindex={0}
      >
        <table aria-rowcount={rows().length + 1}>
          <thead>
            <tr aria-rowindex={1}>
              <Sortable order="market" text="Market" isNumber={false} />
              <th scope="col" class="markets-title">
                Title, or what is done about it
              </th>
              <For each={COLUMNS}>{(column) => <Sortable {...column} />}</For>
              <th scope="col" class="markets-depth">
                Depth, YES | NO
              </th>
              <For each={LAST_COLUMNS}>{(column) => <Sortable {...column} />}</For>
            </tr>
          </thead>
          <tbody>
            <tr class="markets-space" aria-hidden="true" style={{ '--rows': String(place().from) }}>
              <td colspan={9} />
            </tr>
            <For each={inSight()}>
              {(market) => {
                const found = createMemo<Found>((before) => byMarket().get(market) ?? before, byMarket().get(market)!);
                return <Row row={found().row} index={found().index} isChosen={chosen() === market} />;
              }}
            </For>
            <tr class="markets-space" aria-hidden="true" style={{ '--rows': String(rows().length - place().to) }}>
              <td colspan={9} />
            </tr>
          </tbody>
        </table>
        <Show when={rows().length === 0 && books.answer()}>
          <p class="quiet">{all().length === 0 ? 'No market is open.' : 'No market fits.'}</p>
        </Show>
      </div>
    </div>
  );
}

function Row(props: { readonly row: MarketRow; readonly index: number; readonly isChosen: boolean }): JSX.Element {
  const most = () => Math.max(props.row.yesSize, props.row.noSize, 1);
  const level = (): 'ok' | 'warn' | 'bad' => (props.row.isUnknown ? 'bad' : props.row.book.synced ? 'ok' : 'warn');
  return (
    <tr aria-rowindex={props.index + 2} classList={{ chosen: props.isChosen }}>
      <td class="mono">
        <Mark level={level()} label={bookWord(props.row)} />{' '}
        <a href={hrefOf('market', props.row.market)}>{props.row.market}</a>
      </td>
      <td class="markets-title" title={props.row.title ?? ''}>
        <Show when={props.row.book.staleReason}>
          <b class="warn">{props.row.book.staleReason}</b> {repairText(props.row.book)}{' '}
        </Show>
        <span class={props.row.book.synced ? '' : 'soft'}>
          {props.row.isUnknown ? 'The exchange does not know it.' : props.row.title}
        </span>
      </td>
      <Price price={props.row.bid} size={props.row.book.yesBid?.[1]} />
      <Price price={props.row.ask} size={props.row.book.yesAsk?.[1]} />
      <td class="number">{props.row.spread === null ? '–' : `${cents(props.row.spread)}¢`}</td>
      <td class="markets-depth" title={`${props.row.book.yesContracts} and ${props.row.book.noContracts} contracts`}>
        <i class="yes-side" style={{ '--share': String(props.row.yesSize / most()) }} />
        <i class="no-side" style={{ '--share': String(props.row.noSize / most()) }} />
      </td>
      <td class="number">{decimal(props.row.book.changesPerSecond, 1)}</td>
      <td class="number soft">{props.row.book.ageMs === null ? '–' : duration(props.row.book.ageMs)}</td>
      <td class="number">
        {props.row.covered === null ? '–' : `${percent(props.row.covered.coveredMs, props.row.covered.ofMs)} %`}
      </td>
    </tr>
  );
}

function Price(props: { readonly price: number | null; readonly size: string | undefined }): JSX.Element {
  return (
    <td class="number">
      <Show when={props.price !== null} fallback="–">
        <b>{cents(props.price!)}¢</b> <span class="soft">× {props.size}</span>
      </Show>
    </td>
  );
}
