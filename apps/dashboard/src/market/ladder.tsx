// The order book around the touch, as it is now.
import { Index, Show, type JSX } from 'solid-js';
import type { Levels } from '../live/levels.ts';
import { cents, contracts } from '../text/price.ts';
import { count } from '../text/number.ts';
import { totalOf, type Ladder as LadderOfBook, type LadderRow } from './ladder-rows.ts';
import type { Trade } from './picture.ts';
import './ladder.css';

export type LadderProps = {
  readonly levels: Levels;
  readonly ladder: LadderOfBook;
  readonly last: Trade | null;
  readonly isOld: boolean;
};

export function Ladder(props: LadderProps): JSX.Element {
  return (
    <table class="ladder" classList={{ 'is-old': props.isOld }}>
      <caption class="unseen">Order book: bids of YES and of NO by price</caption>
      <thead>
        <tr>
          <th scope="col">YES bids</th>
          <th scope="col" class="number">
            YES ¢
          </th>
          <th scope="col" class="number">
            NO ¢
          </th>
          <th scope="col" class="number">
            NO bids
          </th>
        </tr>
      </thead>
      <tbody>
        <Index each={props.ladder.no}>{(row) => <Row row={row()} most={props.ladder.most} side="no" />}</Index>
        <tr class="ladder-spread">
          <td colspan="2">
            spread <b>{props.ladder.spread === null ? '–' : `${cents(props.ladder.spread)}¢`}</b>
          </td>
          <td colspan="2" class="number">
            <Show when={props.last}>
              {(last) => (
                <>
                  last <b>{cents(last().price)}¢</b> × {contracts(last().size)}
                </>
              )}
            </Show>
          </td>
        </tr>
        <Index each={props.ladder.yes}>{(row) => <Row row={row()} most={props.ladder.most} side="yes" />}</Index>
      </tbody>
      <tfoot>
        <tr>
          <td colspan="2">
            {props.levels.yes.size} levels, {count(totalOf(props.levels.yes) / 100)} contracts
          </td>
          <td colspan="2" class="number">
            {props.levels.no.size} levels, {count(totalOf(props.levels.no) / 100)}
          </td>
        </tr>
      </tfoot>
    </table>
  );
}

function Row(props: { readonly row: LadderRow; readonly most: number; readonly side: 'yes' | 'no' }): JSX.Element {
  const bar = (): JSX.Element => (
    <Show when={props.row.size > 0} fallback={<span class="quiet">–</span>}>
      <i style={{ '--share': String(Math.sqrt(props.row.size / props.most)) }} />
      <span>{contracts(props.row.size)}</span>
    </Show>
  );
  return (
    <tr classList={{ best: props.row.isBest }}>
      <td class="ladder-bar yes-side">{props.side === 'yes' ? bar() : ''}</td>
      <td class="number">{cents(props.row.yesPrice)}</td>
      <td class="number quiet">{cents(props.row.noPrice)}</td>
      <td class="ladder-bar no-side number">{props.side === 'no' ? bar() : ''}</td>
    </tr>
  );
}
