// All markets: a row each, as many of them in the document as are in sight.
import {
  createEffect,
  createMemo,
  createSignal,
  For,
  on,
  onCleanup,
  onMount,
  Show,
  untrack,
  type Accessor,
  type JSX,
} from 'solid-js';
import type { Answer, Book } from '../live/answers.ts';
import { live } from '../live/live.ts';
import { createPolled } from '../live/polled.ts';
import { readPages } from '../live/read-pages.ts';
import { AskedError } from '../shell/asked-error.tsx';
import { useFooterNote } from '../shell/footer-note.ts';
import { useKeys } from '../shell/keys.ts';
import { go } from '../shell/route.ts';
import { count } from '../text/number.ts';
import { Cells } from './cells.tsx';
import { coverageByMarket } from './coverage-bar.ts';
import { FilterBar } from './filter-bar.tsx';
import { emptyText, filterRows, NO_FILTER, seriesListed, staleReasons, withShown } from './filter-rows.ts';
import { MarketRow } from './market-row.tsx';
import { marketRows, type MarketRow as Row } from './market-rows.ts';
import { RateHistory } from './rate-history.ts';
import { reusedRows } from './reused-rows.ts';
import { rowsInSight, rowsMade, sameRows, scrollTo } from './rows-in-sight.ts';
import { isDescendingFirst, sortRows, type Order } from './sort-rows.ts';
import { TableHead } from './table-head.tsx';
import './markets.css';

/** In CSS pixels, as in the style sheet. */
const ROW_HEIGHT = 28;
const HEAD_HEIGHT = 28;

const readDescribed = readPages((page: Answer<'/markets'>) => page.markets);
const readCovered = readPages((page: Answer<'/coverage/summary'>) => [page]);

/** Of the page, and not of the view: what was counted is there again when one comes back. */
const history = new RateHistory();

/** A row and its place among those that fit. */
type Found = { readonly row: Row; readonly index: number };

/** A row of the document, and what it shows. */
type ReusedRow = { readonly found: Accessor<Found>; readonly setFound: (found: Found) => void };

function newRow(of: Found): ReusedRow {
  const [found, setFound] = createSignal(of);
  return { found, setFound };
}

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
  const coveredOf = createMemo(() => coverageByMarket(coverage.answer() ?? []));
  const all = createMemo(() => marketRows(shownBooks(), described.answer() ?? [], coveredOf()));
  const rows = createMemo(() => sortRows(filterRows(all(), filter()), order(), isDescending()));
  const [counted, setCounted] = createSignal(0);
  createEffect(
    on(books.answer, (answer) => {
      if (!answer) return;
      history.add(answer.books, performance.now());
      setCounted((before) => before + 1);
    }),
  );
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
  /** A row stays that of its market while its figures or its place change, and so keeps the focus. */
  const inSight = createMemo<readonly ReusedRow[]>((before) => {
    const { from, to } = place();
    const wanted = rows().slice(from, to);
    const reused = reusedRows(
      before.map(({ found }) => untrack(found).row.market),
      wanted.map(({ market }) => market),
    );
    return wanted.map((row, offset) => {
      const of = before[reused[offset] ?? -1];
      const found: Found = { row, index: from + offset };
      if (!of) return newRow(found);
      of.setFound(found);
      return of;
    });
  }, []);
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
        <table role="table" aria-rowcount={rows().length + 1}>
          <TableHead order={order()} isDescending={isDescending()} onSort={sortBy} />
          <tbody role="rowgroup">
            <tr class="markets-space" aria-hidden="true" style={{ '--rows': String(place().from) }}>
              <td />
            </tr>
            <For each={inSight()}>
              {({ found }) => {
                const market = createMemo(() => found().row.market);
                const rates = createMemo(() => (counted(), history.of(market())));
                const isLastStale = (): boolean =>
                  !found().row.book.synced && rows()[found().index + 1]?.book.synced === true;
                return (
                  <MarketRow
                    row={found().row}
                    rates={rates()}
                    index={found().index}
                    isChosen={chosen() === market()}
                    isLastStale={isLastStale()}
                  />
                );
              }}
            </For>
            <tr class="markets-space" aria-hidden="true" style={{ '--rows': String(rows().length - place().to) }}>
              <td />
            </tr>
          </tbody>
        </table>
        <Show when={rows().length === 0 && books.answer()}>
          <p class="quiet">{emptyText(all().length, filter())}</p>
        </Show>
      </div>
    </div>
  );
}
