// One market: its book through time, its book now, and what became of it.
import { createEffect, createMemo, createSignal, on, Show, type JSX } from 'solid-js';
import type { Answer, Market } from '../live/answers.ts';
import { around, firstSpan, pan, toHole, zoom, type TimeWindow } from '../draw/time-window.ts';
import { live } from '../live/live.ts';
import { createPolled } from '../live/polled.ts';
import { useKeys } from '../shell/keys.ts';
import { Segments } from '../shell/segments.tsx';
import { busiestFirst } from './busiest.ts';
import { moveCursor, type Cursor } from './cursor.ts';
import { followPicture } from './follow-picture.ts';
import { Heatmap } from './heatmap.tsx';
import { Ladder } from './ladder.tsx';
import { ladderOf } from './ladder-rows.ts';
import { Legend } from './legend.tsx';
import { MarketFacts } from './market-facts.tsx';
import { MarketHead } from './market-head.tsx';
import { columnsIn } from './scales.ts';
import { SPANS_MS, stepOf } from './steps.ts';
import './market.css';

const MINUTE = 60_000;
const SPANS = [2, 8, 15, 60].map((minutes) => ({
  value: minutes * MINUTE,
  text: minutes === 60 ? '1 h' : `${minutes} min`,
}));
const USUAL_MS = 8 * MINUTE;
/** Of holes that the brackets lead to, in what has been looked at and around it. */
const HOLES_MS = 24 * 60 * MINUTE;

/** @param props.atMs what is looked at; `null`: now */
export function MarketView(props: { readonly ticker: string | null; readonly atMs: number | null }): JSX.Element {
  const busiest = createPolled<Answer<'/books'>>(() => (props.ticker === null ? '/books' : null), 5_000);
  const market = createMemo((before: string | null): string | null => {
    if (props.ticker !== null) return props.ticker;
    // The first that was found stays: a page that jumps from market to market cannot be read.
    return before ?? busiestFirst(busiest.answer()?.books ?? [])[0]?.market ?? null;
  }, null);
  return (
    <Show when={market()} keyed fallback={<NoMarket isAnswered={busiest.answer() !== null} />}>
      {(ticker) => <OneMarket market={ticker} atMs={props.atMs} />}
    </Show>
  );
}

function NoMarket(props: { readonly isAnswered: boolean }): JSX.Element {
  return (
    <div class="market-none">
      <h1 class="unseen">Market</h1>
      {props.isAnswered ? 'No market is open. The next listing is asked for by itself.' : ''}
    </div>
  );
}

function OneMarket(props: { readonly market: string; readonly atMs: number | null }): JSX.Element {
  const session = live.status()?.session;
  const [window, setWindow] = createSignal<TimeWindow>({
    spanMs: firstSpan(
      SPANS.map(({ value }) => value),
      USUAL_MS,
      session ? live.nowMs() - session.startedAtMs : null,
    ),
    endMs: null,
  });
  const [isFlipped, setIsFlipped] = createSignal(false);
  const [heldMs, setHeldMs] = createSignal<number | null>(null);
  const [cursor, setCursor] = createSignal<Cursor | null>(null);
  const [deviceWidth, setDeviceWidth] = createSignal(1_000);
  const stepMs = createMemo(() => stepOf(window().spanMs, deviceWidth()));
  // By whole columns: the picture moves when there is a new one.
  const endMs = createMemo(() => {
    const at = window().endMs ?? heldMs() ?? live.nowMs();
    return Math.ceil(at / stepMs()) * stepMs();
  });
  const columns = createMemo(() => columnsIn(deviceWidth(), window().spanMs, stepMs()).columns);
  const fromMs = (): number => endMs() - columns() * stepMs();
  const followed = followPicture(
    () => props.market,
    stepMs,
    () => ({ fromMs: fromMs(), toMs: endMs() }),
  );
  const ladder = createMemo(() => ladderOf(followed.levels().yes, followed.levels().no));
  const known = createPolled<Market>(() => `/markets/${encodeURIComponent(props.market)}`, 5_000);
  const trades = createMemo(() => {
    followed.version();
    return followed.picture().trades(fromMs(), endMs());
  });
  const shift = (byMs: number): void => {
    setHeldMs(null);
    setWindow((before) => pan({ ...before, endMs: before.endMs ?? endMs() }, byMs, live.nowMs()));
  };
  const zoomAt = (direction: 1 | -1, aroundMs: number): void =>
    void setWindow((before) => zoom(before, direction, aroundMs, live.nowMs(), SPANS_MS));
  const look = (byColumns: number, byCents: number): void => {
    const lastIndex = endMs() / stepMs() - 1;
    const firstIndex = lastIndex - columns() + 1;
    const column = followed.picture().column(lastIndex - 1);
    const at = cursor() ?? { index: lastIndex, cent: column?.bid || 50 };
    setCursor(moveCursor(at, byColumns, isFlipped() ? -byCents : byCents, { firstIndex, lastIndex }));
  };
  const jump = (direction: 1 | -1): void => {
    const nowMs = live.nowMs();
    const middleMs = endMs() - window().spanMs / 2;
    const holes = followed.picture().holes(middleMs - HOLES_MS, middleMs + HOLES_MS);
    const next = toHole({ ...window(), endMs: endMs() }, holes, direction, nowMs);
    if (next) setWindow(next);
  };
  useKeys([
    {
      keys: ['ArrowLeft', 'ArrowRight'],
      caps: ['←', '→'],
      does: 'scrub',
      run: ({ key }) => shift((key === 'ArrowLeft' ? -1 : 1) * (window().spanMs / 8)),
    },
    {
      keys: ['+', '=', '-'],
      caps: ['+', '−'],
      does: 'zoom',
      run: ({ key }) => zoomAt(key === '-' ? -1 : 1, endMs() - window().spanMs / 2),
    },
    {
      keys: [' '],
      caps: ['space'],
      does: 'hold the picture',
      run: () => setHeldMs((before) => (before === null ? endMs() : null)),
    },
    { keys: ['[', ']'], caps: ['[', ']'], does: 'previous, next hole', run: ({ key }) => jump(key === '[' ? -1 : 1) },
    { keys: ['n'], caps: ['n'], does: 'NO prices', run: () => setIsFlipped((before) => !before) },
    {
      keys: ['0'],
      caps: ['0'],
      does: 'now',
      run: () => {
        setHeldMs(null);
        setWindow(({ spanMs }) => ({ spanMs, endMs: null }));
      },
    },
    {
      keys: ['h', 'l'],
      caps: ['h', 'l'],
      does: 'crosshair by a column',
      run: ({ key }) => look(key === 'h' ? -1 : 1, 0),
    },
    {
      keys: ['j', 'k'],
      caps: ['j', 'k'],
      does: 'crosshair by a cent',
      run: ({ key }) => look(0, key === 'j' ? -1 : 1),
    },
    { keys: ['Escape'], does: 'no crosshair', run: () => setCursor(null) },
  ]);
  createEffect(
    on(
      () => props.atMs,
      (atMs) => {
        setHeldMs(null);
        setWindow(({ spanMs }) => (atMs === null ? { spanMs, endMs: null } : around(atMs, spanMs, live.nowMs())));
      },
    ),
  );
  // Columns have other numbers with another step. The time that was asked for has its crosshair.
  createEffect(
    on([stepMs, () => props.atMs], ([ms, atMs]) =>
      setCursor(atMs === null ? null : { index: Math.floor(atMs / ms), cent: 50 }),
    ),
  );
  return (
    <div class="market">
      <MarketHead
        market={props.market}
        known={known.answer()}
        followed={followed}
        trades={trades()}
        spanMs={window().spanMs}
      />
      <div class="market-controls">
        <Segments
          label="Time shown"
          options={SPANS}
          value={window().spanMs}
          onChoose={(spanMs) => setWindow((before) => ({ ...before, spanMs }))}
        />
        <Segments
          label="Prices of"
          options={[
            { value: 'yes', text: 'YES ¢' },
            { value: 'no', text: 'NO ¢' },
          ]}
          value={isFlipped() ? 'no' : 'yes'}
          onChoose={(side) => setIsFlipped(side === 'no')}
        />
        <Legend />
      </div>
      <div class="market-picture" classList={{ 'is-old': live.contact().kind !== 'live' }}>
        <Heatmap
          market={props.market}
          followed={followed}
          window={window()}
          endMs={endMs()}
          isFlipped={isFlipped()}
          isHeld={heldMs() !== null}
          cursor={cursor()}
          onCursor={setCursor}
          onPan={shift}
          onZoom={zoomAt}
          onWidth={setDeviceWidth}
          ladder={ladder()}
          trades={trades()}
          audits={known.answer()?.audits ?? []}
        />
      </div>
      <div class="market-ladder">
        <Ladder
          levels={followed.levels()}
          ladder={ladder()}
          last={trades().at(-1) ?? null}
          isOld={!followed.levels().synced || followed.isGone() || live.contact().kind !== 'live'}
        />
        <Show when={followed.levels().staleReason}>
          {(reason) => <p class="warn market-stale">Not right now: {reason()}. It is repaired by itself.</p>}
        </Show>
      </div>
      <MarketFacts
        market={props.market}
        known={known.answer()}
        trades={trades()}
        levels={followed.levels()}
        error={followed.error()}
      />
    </div>
  );
}
