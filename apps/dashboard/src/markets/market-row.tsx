// A row of the table: how a market's book does, what it quotes, and how much changes and is recorded.
import { createEffect, createMemo, on, Show, type JSX } from 'solid-js';
import { Mark } from '../shell/mark.tsx';
import { hrefOf } from '../shell/parse-route.ts';
import { duration } from '../text/duration.ts';
import { decimal } from '../text/number.ts';
import { cents, contracts, parseSize } from '../text/price.ts';
import { BAR_HEIGHT, BAR_WIDTH, coverageBar, coverageText, coverageWords, type Covered } from './coverage-bar.ts';
import { SPARK_HEIGHT, SPARK_WIDTH, sparkPath, sparkWords } from './sparkline.ts';
import { bookWord, repairText, type MarketRow as Row } from './market-rows.ts';

export type MarketRowProps = {
  readonly row: Row;
  /** Among all rows of the table. */
  readonly index: number;
  readonly isChosen: boolean;
  /** The last of those that are not right: a line is below it. */
  readonly isLastStale: boolean;
  /** Changes a second in the last ten minutes, the newest last. */
  readonly rates: readonly (number | null)[];
};

export function MarketRow(props: MarketRowProps): JSX.Element {
  const book = (): Row['book'] => props.row.book;
  const level = (): 'ok' | 'warn' | 'bad' => (props.row.isUnknown ? 'bad' : book().synced ? 'ok' : 'warn');
  let element!: HTMLTableRowElement;
  // Used again for another market: what the keyboard was at is not there any more.
  createEffect(
    on(
      () => props.row.market,
      (market, before) => {
        if (market === before) return;
        const focused = document.activeElement;
        if (focused instanceof HTMLElement && element.contains(focused)) focused.blur();
      },
      { defer: true },
    ),
  );
  return (
    <tr
      role="row"
      ref={element}
      aria-rowindex={props.index + 2}
      classList={{ chosen: props.isChosen, 'last-stale': props.isLastStale }}
    >
      <td role="cell" class="markets-mark">
        <Mark level={level()} label={bookWord(props.row)} />
      </td>
      <td role="cell" class="markets-market mono">
        <a href={hrefOf('market', props.row.market)}>{props.row.market}</a>
      </td>
      <Show when={book().synced} fallback={<Stale row={props.row} />}>
        <td role="cell" class="markets-title soft" title={props.row.title ?? ''}>
          {props.row.title}
        </td>
        <Quote price={props.row.bid} size={book().yesBid?.[1]} />
        <Quote price={props.row.ask} size={book().yesAsk?.[1]} />
        <td role="cell" class="markets-spread number">
          {props.row.spread === null ? '–' : `${cents(props.row.spread)}¢`}
        </td>
        <td role="cell" class="markets-depth" title={`${book().yesContracts} and ${book().noContracts} contracts`}>
          <Depth yes={props.row.yesSize} no={props.row.noSize} />
        </td>
      </Show>
      <td role="cell" class="markets-changes number">
        <svg viewBox={`0 0 ${SPARK_WIDTH} ${SPARK_HEIGHT}`} role="img" aria-label={sparkWords(props.rates)}>
          <path d={sparkPath(props.rates)} />
        </svg>
        {decimal(book().changesPerSecond, 1)}
      </td>
      <td role="cell" class="markets-age number soft">
        {book().ageMs === null ? '–' : duration(book().ageMs!)}
      </td>
      <td role="cell" class="markets-covered number">
        <Show when={props.row.covered}>{(covered) => <Bar covered={covered()} />}</Show>
        <span class={props.row.covered?.of ? '' : 'soft'}>{coverageText(props.row.covered)}</span>
      </td>
    </tr>
  );
}

function Bar(props: { readonly covered: Covered }): JSX.Element {
  const paths = createMemo(() => coverageBar(props.covered));
  return (
    <svg viewBox={`0 0 ${BAR_WIDTH} ${BAR_HEIGHT}`} role="img" aria-label={coverageWords(props.covered)}>
      <path class="dots" d={paths().dots} />
      <path class="line" d={paths().line} />
      <path class="ticks" d={paths().ticks} />
    </svg>
  );
}

/** What it quotes is not right, and so what is done about it stands across its cells. */
function Stale(props: { readonly row: Row }): JSX.Element {
  const level = (): string => (props.row.isUnknown ? 'bad' : 'warn');
  const word = (): string => props.row.book.staleReason ?? 'stale';
  return (
    <>
      <td role="cell" class="markets-title markets-stale">
        <span class="markets-why">
          <b class={level()}>{word()}</b>{' '}
          {props.row.isUnknown ? 'The exchange does not know it.' : repairText(props.row.book)}{' '}
          <span class="markets-also soft">{props.row.title}</span>
        </span>
      </td>
      <td role="cell" class="markets-quote markets-stale">
        <b class={`markets-narrow ${level()}`}>{word()}</b>
      </td>
      <td role="cell" class="markets-quote" />
      <td role="cell" class="markets-spread" />
      <td role="cell" class="markets-depth">
        <span class="markets-hatched" role="img" aria-label="not known" />
      </td>
    </>
  );
}

function Quote(props: { readonly price: number | null; readonly size: string | undefined }): JSX.Element {
  return (
    <td role="cell" class="markets-quote number">
      <Show when={props.price !== null} fallback="–">
        <b>{cents(props.price!)}¢</b> <span class="quiet">×</span>
        <span class="markets-size soft">{contracts(parseSize(props.size ?? '') ?? 0)}</span>
      </Show>
    </td>
  );
}

/** The sum of the bids of both sides, each as a part of the larger. */
function Depth(props: { readonly yes: number; readonly no: number }): JSX.Element {
  const most = (): number => Math.max(props.yes, props.no, 1);
  return <i style={{ '--yes-share': String(props.yes / most()), '--no-share': String(props.no / most()) }} />;
}
