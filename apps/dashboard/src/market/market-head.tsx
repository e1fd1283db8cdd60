// What the market is, whether its book is right, and its touch.
import { Show, type JSX } from 'solid-js';
import type { Market } from '../live/answers.ts';
import { live } from '../live/live.ts';
import { Figure } from '../shell/figure.tsx';
import { Mark } from '../shell/mark.tsx';
import { duration } from '../text/duration.ts';
import { count } from '../text/number.ts';
import { cents, complement, contracts } from '../text/price.ts';
import type { FollowedPicture } from './follow-picture.ts';
import type { Trade } from './picture.ts';

export type MarketHeadProps = {
  readonly market: string;
  readonly known: Market | null;
  readonly followed: FollowedPicture;
  readonly trades: readonly Trade[];
  readonly spanMs: number;
};

export function MarketHead(props: MarketHeadProps): JSX.Element {
  const best = (side: 'yes' | 'no'): readonly [price: number, size: number] | null => {
    let found: readonly [number, number] | null = null;
    for (const level of props.followed.levels()[side]) if (!found || level[0] > found[0]) found = level;
    return found;
  };
  const ask = (): readonly [price: number, size: number] | null => {
    const bid = best('no');
    return bid && [complement(bid[0]), bid[1]];
  };
  const state = (): readonly ['ok' | 'warn' | 'none', string] => {
    const levels = props.followed.levels();
    if (live.contact().kind !== 'live') return ['none', 'no contact'];
    if (props.followed.isGone()) return ['none', 'not kept'];
    if (levels.atMs === null) return ['none', 'asked for'];
    return levels.synced ? ['ok', 'right'] : ['warn', 'stale'];
  };
  const traded = () => props.trades.reduce((sum, { size }) => sum + size, 0);
  const closesInMs = () => (props.known?.closeAtMs ? props.known.closeAtMs - live.nowMs() : null);
  return (
    <header class="market-head">
      <div class="market-title">
        <h1>{props.known?.title ?? props.market}</h1>
        <p class="mono soft">{props.market}</p>
      </div>
      <dl class="market-figures">
        <Figure
          label="Book"
          value={
            <span class="market-state">
              <Mark level={state()[0]} /> {state()[1]}
            </span>
          }
        />
        <Figure
          label="YES bid"
          value={<span class="yes">{best('yes') ? cents(best('yes')![0]) : '–'}</span>}
          unit={<Size of={best('yes')} />}
        />
        <Figure
          label="YES ask"
          value={<span class="no">{ask() ? cents(ask()![0]) : '–'}</span>}
          unit={<Size of={ask()} />}
        />
        <Figure
          label={`Traded in ${duration(props.spanMs).replace(' 00 s', '').replace(' 00 min', '')}`}
          value={count(traded() / 100)}
          unit="contracts"
        />
        <Show when={closesInMs() !== null}>
          <Figure label={closesInMs()! > 0 ? 'Closes in' : 'Closed for'} value={duration(Math.abs(closesInMs()!))} />
        </Show>
      </dl>
    </header>
  );
}

function Size(props: { readonly of: readonly [price: number, size: number] | null }): JSX.Element {
  return <Show when={props.of}>{(level) => <>¢ × {contracts(level()[1])}</>}</Show>;
}
