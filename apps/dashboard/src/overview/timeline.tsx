// States, sessions, gaps and faults over minutes to days. Each bar is explained where one points, and one after the other by
// keyboard; the list behind it is for whoever does not see the picture.
import { createEffect, createMemo, createSignal, For, on, Show, type JSX } from 'solid-js';
import { hatch } from '../draw/hatch.ts';
import type { Palette } from '../draw/palette.ts';
import { Surface, type Drawing } from '../draw/surface.tsx';
import { timeMarks } from '../draw/time-axis.ts';
import { pan, zoom, type TimeWindow } from '../draw/time-window.ts';
import type { Timeline as Answered } from '../live/answers.ts';
import { live } from '../live/live.ts';
import { createPolled } from '../live/polled.ts';
import { useKeys } from '../shell/keys.ts';
import { Segments } from '../shell/segments.tsx';
import { zone } from '../shell/zone.ts';
import { duration } from '../text/duration.ts';
import { clockMinutes, dayAndMinutes, zoneName } from '../text/time.ts';
import { shortId } from '../text/session-id.ts';
import { barsOf, LANES, type Bar, type Lane } from './lanes.ts';

const [MINUTE, HOUR] = [60_000, 3_600_000];
const SPANS = [
  { value: 15 * MINUTE, text: '15 min' },
  { value: HOUR, text: '1 h' },
  { value: 6 * HOUR, text: '6 h' },
  { value: 24 * HOUR, text: '24 h' },
  { value: 168 * HOUR, text: '7 d' },
];
const SPANS_MS = SPANS.map(({ value }) => value);

/** Left of the lanes stand their names. */
const LABELS = 72;
const AXIS = 24;

export function Timeline(): JSX.Element {
  const [window, setWindow] = createSignal<TimeWindow>({ spanMs: 24 * HOUR, endMs: null });
  const [isTouched, setIsTouched] = createSignal(false);
  const [shown, setShown] = createSignal<Bar | null>(null);
  const [width, setWidth] = createSignal(800);
  // By whole steps: the lanes move when there is a pixel more, and the question stays the same for a while.
  const endMs = createMemo(() => {
    const stepMs = Math.max(window().spanMs / 500, 1_000);
    return Math.ceil((window().endMs ?? live.nowMs()) / stepMs) * stepMs;
  });
  const askedToMs = createMemo(() => Math.ceil(endMs() / MINUTE) * MINUTE);
  const answered = createPolled<Answered>(
    () =>
      window().endMs === null
        ? `/timeline?from=${Math.floor(askedToMs() - window().spanMs - MINUTE)}`
        : `/timeline?from=${Math.floor(endMs() - window().spanMs)}&to=${Math.ceil(endMs())}`,
    5_000,
  );
  // While the next answer is on its way the one before is shown.
  const answer = createMemo((before: Answered | null): Answered | null => answered.answer() ?? before, null);
  const bars = createMemo(() => barsOf(answer()?.spans ?? [], endMs() - window().spanMs, endMs(), width()));
  const change = (next: (before: TimeWindow) => TimeWindow): void => {
    setIsTouched(true);
    setWindow(next);
  };
  // What broke is to be seen, unless somebody looks at something else.
  createEffect(
    on(
      () => live.status()?.state,
      (state) => {
        if (state === 'error' && !isTouched()) setWindow({ spanMs: HOUR, endMs: null });
      },
    ),
  );
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
    drawLanes(drawing, bars(), shown(), endMs() - window().spanMs, endMs(), window().endMs === null);
  };
  const barAt = (x: number, y: number, height: number): Bar | null => {
    const lane = LANES[Math.floor(y / ((height - AXIS) / LANES.length))];
    return (
      bars().findLast((bar) => bar.lane === lane && x - LABELS >= bar.x - 3 && x - LABELS <= bar.x + bar.width + 3) ??
      null
    );
  };
  return (
    <section class="timeline" classList={{ 'is-old': live.contact().kind !== 'live' }}>
      <div class="timeline-head">
        <h2>What happened</h2>
        <Show when={answered.error() ?? answer()?.databaseMissing}>
          <span class="warn">{answered.error()?.message ?? answer()!.databaseMissing}</span>
        </Show>
        <Segments
          label="Time shown"
          options={SPANS}
          value={window().spanMs}
          onChoose={(spanMs) => change((before) => ({ ...before, spanMs }))}
        />
      </div>
      <Surface
        class="timeline-lanes"
        label="States, sessions, gaps and faults through time; the list that follows says the same"
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
        {shown() ? explain(shown()!) : ' '}
      </p>
      <ol class="unseen">
        <For each={bars().slice(-50)}>{(bar) => <li>{explain(bar)}</li>}</For>
      </ol>
    </section>
  );
}

/** The same in bars that were made anew. */
const isSame = (bar: Bar, other: Bar | null): boolean =>
  bar.lane === other?.lane && bar.of === other.of && bar.fromMs === other.fromMs;

/** A bar in a sentence. */
function explain({ lane, of, name, why, fromMs, toMs, count, session }: Bar): string {
  const what =
    lane === 'Session'
      ? `session ${session ? shortId(session) : ''} ${name}`
      : lane === 'Faults'
        ? `${of} ${name}`
        : lane === 'Gaps'
          ? `gap: ${name}`
          : name;
  const lasted = toMs === null ? 'goes on' : duration(toMs - fromMs);
  return `${what}, from ${dayAndMinutes(fromMs, zone())}, ${lasted}${why && why !== name ? `: ${why}` : ''}${count > 1 ? ` (${count} together)` : ''}`;
}

function drawLanes(
  drawing: Drawing,
  bars: readonly Bar[],
  shown: Bar | null,
  fromMs: number,
  toMs: number,
  isNow: boolean,
): void {
  const { context, width, height, palette } = drawing;
  const laneHeight = (height - AXIS) / LANES.length;
  const inner = width - LABELS;
  const { stepMs, atMs } = timeMarks(fromMs, toMs, Math.max(Math.floor(inner / 90), 2));
  context.font = `11px ${palette.sans}`;
  for (const at of atMs) {
    const x = LABELS + ((at - fromMs) / (toMs - fromMs)) * inner;
    context.fillStyle = palette.line;
    context.fillRect(Math.round(x), 0, 1, height - AXIS);
    context.fillStyle = palette.ink3;
    context.textAlign = 'center';
    if (x > LABELS + 24 && x < width - 48)
      context.fillText(
        stepMs >= 24 * HOUR ? dayAndMinutes(at, zone()).slice(0, 6) : clockMinutes(at, zone()),
        x,
        height - 8,
      );
  }
  context.textAlign = 'left';
  context.fillText(zoneName(zone()), 0, height - 8);
  LANES.forEach((lane, row) => {
    context.fillStyle = palette.ink2;
    context.font = `12px ${palette.sans}`;
    context.fillText(lane, 0, (row + 0.5) * laneHeight + 4);
    context.fillStyle = palette.line;
    context.fillRect(0, Math.round((row + 1) * laneHeight), width, 1);
  });
  for (const bar of bars) drawBar(drawing, bar, LANES.indexOf(bar.lane) * laneHeight, laneHeight, isSame(bar, shown));
  if (!isNow) return;
  context.fillStyle = palette.accent;
  context.fillRect(width - 2, 0, 2, height - AXIS);
  context.textAlign = 'right';
  context.fillText('now', width, height - 8);
  context.textAlign = 'left';
}

function drawBar(
  { context, palette, ratio }: Drawing,
  bar: Bar,
  top: number,
  laneHeight: number,
  isShown: boolean,
): void {
  const x = LABELS + bar.x;
  const [y, height] = [top + laneHeight * 0.2, laneHeight * 0.6];
  context.lineWidth = 1;
  if (bar.lane === 'Session') {
    context.strokeStyle = palette.ink2;
    context.strokeRect(x + 0.5, y, Math.max(bar.width - 1, 1), height);
  } else if (bar.lane === 'Faults') {
    const color = bar.name === 'unhealthy' ? palette['bad-fill'] : palette['warn-fill'];
    context.fillStyle = hatch(context, color, ratio);
    context.fillRect(x, y, Math.max(bar.width, 3), height);
    context.strokeStyle = color;
    context.strokeRect(x + 0.5, y, Math.max(bar.width, 3), height);
  } else {
    context.fillStyle = fillOf(bar.lane, bar.name, palette);
    const share = bar.lane === 'Gaps' ? gapShare(bar) : 1;
    context.fillRect(x, y + height * (1 - share), Math.max(bar.width, 2), height * share);
  }
  const text =
    bar.lane === 'Session' ? (bar.session ? shortId(bar.session) : '') : bar.lane === 'Faults' ? bar.of : bar.name;
  context.font = bar.lane === 'Session' ? `11px ${palette.mono}` : `11px ${palette.sans}`;
  if (bar.lane !== 'Gaps' && context.measureText(text).width + 16 < bar.width) {
    context.fillStyle = bar.lane === 'State' && bar.name === 'error' ? palette.bg : palette.ink;
    context.fillText(text, x + 8, y + height / 2 + 4);
  }
  if (!isShown) return;
  context.strokeStyle = palette.accent;
  context.lineWidth = 2;
  context.strokeRect(x - 1, y - 2, Math.max(bar.width, 3) + 2, height + 4);
}

function fillOf(lane: Lane, name: string, palette: Palette): string {
  if (lane === 'Gaps') return palette['warn-fill'];
  if (name === 'ready' || name === 'standby') return palette['ok-tint'];
  return name === 'error' ? palette['bad-fill'] : palette.edge;
}

/** By the log of how long it lasted: a minute fills the lane. */
const gapShare = ({ fromMs, toMs }: Bar): number =>
  Math.min(0.25 + (0.75 * Math.log10(Math.max((toMs ?? Infinity) - fromMs, 1))) / Math.log10(MINUTE), 1);
