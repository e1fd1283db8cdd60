// States, sessions, gaps, faults and what waited for the database, over minutes to days, below the week that it is a part of. Each
// bar is explained where one points, and one after the other by keyboard; the list behind it is for whoever does not see the picture.
import { createEffect, createMemo, createSignal, For, on, onCleanup, Show, type JSX } from 'solid-js';
import { Surface, type Drawing } from '../draw/surface.tsx';
import { firstSpan, pan, zoom, type TimeWindow } from '../draw/time-window.ts';
import type { History, Timeline as Answered } from '../live/answers.ts';
import { live } from '../live/live.ts';
import { createPolled } from '../live/polled.ts';
import { useKeys } from '../shell/keys.ts';
import { Segments } from '../shell/segments.tsx';
import { zone } from '../shell/zone.ts';
import { count } from '../text/number.ts';
import { dayAndMinutes } from '../text/time.ts';
import { explain } from './bar-text.ts';
import { drawTimeline, isSame, LABELS, laneAt } from './draw-timeline.ts';
import { barsOf, type Bar } from './lanes.ts';
import { historyStepOf, spoolLane } from './spool-lane.ts';
import { WeekStrip } from './week-strip.tsx';

const [MINUTE, HOUR] = [60_000, 3_600_000];
const SPANS = [
  { value: 15 * MINUTE, text: '15 min', long: '15 minutes' },
  { value: HOUR, text: '1 h', long: 'hour' },
  { value: 6 * HOUR, text: '6 h', long: '6 hours' },
  { value: 24 * HOUR, text: '24 h', long: '24 hours' },
  { value: 168 * HOUR, text: '7 d', long: '7 days' },
];
/** Until a window counts as chosen. */
const STILL_MS = 200;
const SPANS_MS = SPANS.map(({ value }) => value);

/** @param props.beganMs when the first session that is known began; `null`: unknown */
export function Timeline(props: { readonly beganMs: number | null }): JSX.Element {
  const [window, setWindow] = createSignal<TimeWindow>({ spanMs: 24 * HOUR, endMs: null });
  const [isTouched, setIsTouched] = createSignal(false);
  const [shown, setShown] = createSignal<Bar | null>(null);
  const [width, setWidth] = createSignal(800);
  // By whole steps: the lanes move when there is a pixel more, and the question stays the same for a while.
  const endMs = createMemo(() => {
    const stepMs = Math.max(window().spanMs / 500, 1_000);
    return Math.ceil((window().endMs ?? live.nowMs()) / stepMs) * stepMs;
  });
  const askedToMs = createMemo(() => Math.ceil(live.nowMs() / MINUTE) * MINUTE);
  // A window that is being drawn is asked for once it stands still.
  const [asked, setAsked] = createSignal(window());
  createEffect(
    on(
      window,
      (next) => {
        const timer = setTimeout(() => setAsked(next), STILL_MS);
        onCleanup(() => clearTimeout(timer));
      },
      { defer: true },
    ),
  );
  const askedFromMs = () => Math.floor((asked().endMs ?? askedToMs() - MINUTE) - asked().spanMs);
  const askedTo = () => (asked().endMs === null ? '' : `&to=${Math.ceil(asked().endMs!)}`);
  const answered = createPolled<Answered>(() => `/timeline?from=${askedFromMs()}${askedTo()}`, 5_000);
  // While the next answer is on its way the one before is shown.
  const answer = createMemo((before: Answered | null): Answered | null => answered.answer() ?? before, null);
  const counted = createPolled<History>(() => {
    const step = historyStepOf(asked().endMs === null ? asked().spanMs : askedToMs() - askedFromMs());
    return `/history?step=${step}&from=${askedFromMs()}${askedTo()}`;
  }, 10_000);
  const history = createMemo((before: History | null): History | null => counted.answer() ?? before, null);
  const spool = createMemo(() =>
    history() ? spoolLane(history()!, endMs() - window().spanMs, endMs(), width()) : null,
  );
  const bars = createMemo(() => barsOf(answer()?.spans ?? [], endMs() - window().spanMs, endMs(), width()));
  const change = (next: (before: TimeWindow) => TimeWindow): void => {
    setIsTouched(true);
    setWindow(next);
  };
  // All there is, and what broke just now, is to be seen, unless somebody looks at something else.
  const firstMs = createMemo(() =>
    firstSpan(
      SPANS_MS,
      live.status()?.state === 'error' ? HOUR : 24 * HOUR,
      props.beganMs === null ? null : live.nowMs() - props.beganMs,
    ),
  );
  createEffect(on(firstMs, (spanMs) => void (isTouched() || setWindow({ spanMs, endMs: null }))));
  useKeys([
    {
      keys: ['ArrowLeft', 'ArrowRight'],
      caps: ['←', '→'],
      does: 'pan',
      run: ({ key }) =>
        change((before) => pan(before, ((key === 'ArrowLeft' ? -1 : 1) * before.spanMs) / 8, live.nowMs())),
    },
    {
      keys: ['+', '=', '-'],
      caps: ['+', '−'],
      does: 'zoom',
      run: ({ key }) =>
        change((before) => zoom(before, key === '-' ? -1 : 1, endMs() - before.spanMs / 2, live.nowMs(), SPANS_MS)),
    },
    { keys: ['0'], caps: ['0'], does: 'now', run: () => change(({ spanMs }) => ({ spanMs, endMs: null })) },
    {
      keys: ['[', ']'],
      caps: ['[', ']'],
      does: 'bar before, after',
      run: ({ key }) => {
        const index = bars().findIndex((bar) => isSame(bar, shown()));
        setShown(bars()[key === '[' ? (index === -1 ? bars().length - 1 : index - 1) : index + 1] ?? shown());
      },
    },
    { keys: ['Escape'], does: 'explain nothing', run: () => setShown(null) },
  ]);

  const draw = (drawing: Drawing): void => {
    const inner = Math.max(drawing.width - LABELS, 1);
    setWidth(inner);
    drawTimeline(drawing, {
      bars: bars(),
      chosen: shown(),
      spool: spool(),
      fromMs: endMs() - window().spanMs,
      toMs: endMs(),
      nowMs: endMs(),
      isNow: window().endMs === null,
    });
  };
  const barAt = (x: number, y: number, height: number): Bar | null => {
    const lane = laneAt(y, height);
    return (
      bars().findLast((bar) => bar.lane === lane && x - LABELS >= bar.x - 3 && x - LABELS <= bar.x + bar.width + 3) ??
      null
    );
  };
  const title = (): string => {
    const { spanMs, endMs: until } = window();
    const named = SPANS.find(({ value }) => value === spanMs)?.long;
    if (until === null && named) return `Last ${named}`;
    return `${dayAndMinutes(endMs() - spanMs, zone())} to ${until === null ? 'now' : dayAndMinutes(until, zone())}`;
  };
  const failed = () => answered.error() ?? counted.error();
  return (
    <section class="timeline" classList={{ 'is-old': live.contact().kind !== 'live' }}>
      <div class="timeline-head">
        <h2>{title()}</h2>
        <Show when={failed() ?? answer()?.databaseMissing}>
          <span class="warn">{failed()?.message ?? answer()!.databaseMissing}</span>
        </Show>
        <Segments
          label="Time shown"
          options={SPANS}
          value={window().spanMs}
          onChoose={(spanMs) => change((before) => ({ ...before, spanMs }))}
        />
      </div>
      <WeekStrip window={window()} onWindow={(next) => change(() => next)} />
      <Surface
        class="timeline-lanes"
        label="States, sessions, gaps, faults and records that waited, through time; the list that follows says the same"
        draw={draw}
        handlers={{
          onPointerMove: (event) => setShown(barAt(event.offsetX, event.offsetY, event.currentTarget.clientHeight)),
          onPointerLeave: () => setShown(null),
          onWheel: (event) => {
            event.preventDefault();
            const at = endMs() - window().spanMs * (1 - (event.offsetX - LABELS) / width());
            if (event.deltaY !== 0)
              change((before) => zoom(before, event.deltaY < 0 ? 1 : -1, at, live.nowMs(), SPANS_MS));
          },
        }}
      />
      <p class="timeline-why" aria-live="polite">
        {shown() ? explain(shown()!, zone()) : ' '}
      </p>
      <ol class="unseen">
        <For each={bars().slice(-50)}>{(bar) => <li>{explain(bar, zone())}</li>}</For>
        <li>at most {count(spool()?.most ?? 0)} records waited for the database</li>
      </ol>
    </section>
  );
}
