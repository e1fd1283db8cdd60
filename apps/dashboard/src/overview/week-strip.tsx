// Seven days in small, and in them the part that the timeline shows: one draws it, or its edges, and chooses a moment with a click.
import { createMemo, createSignal, type JSX } from 'solid-js';
import { Surface, type Drawing } from '../draw/surface.tsx';
import { timeMarks } from '../draw/time-axis.ts';
import type { TimeWindow } from '../draw/time-window.ts';
import type { History } from '../live/answers.ts';
import { live } from '../live/live.ts';
import { createPolled } from '../live/polled.ts';
import { zone } from '../shell/zone.ts';
import { count } from '../text/number.ts';
import { day, dayAndMinutes } from '../text/time.ts';
import { LABELS } from './draw-timeline.ts';
import { brushOf, centred, dragged, gripAt, weekBars, weekOf, type Grip, type WeekBar } from './week.ts';

const [TEN_MINUTES, DAY] = [600_000, 86_400_000];
const HEAD = 16;

export type WeekStripProps = {
  readonly window: TimeWindow;
  readonly onWindow: (window: TimeWindow) => void;
};

export function WeekStrip(props: WeekStripProps): JSX.Element {
  const history = createPolled<History>(() => '/history?step=600000', 60_000);
  const [width, setWidth] = createSignal(800);
  const [grip, setGrip] = createSignal<Grip | null>(null);
  const nowMs = createMemo(() => Math.floor(live.nowMs() / 1_000) * 1_000);
  // It moves on by whole steps, and is asked for anew by the minute.
  const untilMs = createMemo(() => Math.ceil(live.nowMs() / TEN_MINUTES) * TEN_MINUTES);
  const week = createMemo(() => weekOf(untilMs(), width()));
  const bars = createMemo(() => (history.answer() ? weekBars(history.answer()!, week()) : []));
  const brush = createMemo(() => brushOf(props.window, week(), nowMs()));
  let drawn: { readonly x: number; readonly window: TimeWindow; readonly grip: Grip } | null = null;

  const down = (event: PointerEvent & { currentTarget: HTMLCanvasElement }): void => {
    const x = event.offsetX - LABELS;
    const held = gripAt(x, brush());
    if (held === null) {
      if (x < 0) return;
      props.onWindow(centred(props.window, week().fromMs + (x / width()) * (week().toMs - week().fromMs), nowMs()));
    }
    drawn = { x, window: props.window, grip: held ?? 'middle' };
    event.currentTarget.setPointerCapture(event.pointerId);
  };
  const move = (event: PointerEvent): void => {
    const x = event.offsetX - LABELS;
    setGrip(drawn?.grip ?? gripAt(x, brush()));
    if (!drawn) return;
    const byMs = ((x - drawn.x) / width()) * (week().toMs - week().fromMs);
    props.onWindow(dragged(drawn.window, drawn.grip, byMs, nowMs()));
  };
  const up = (): void => {
    drawn = null;
  };
  const label = (): string => {
    const end = props.window.endMs ?? nowMs();
    const known = history.answer()?.framesPerSecond.filter((frames) => frames !== null) ?? [];
    const most = known.length === 0 ? '' : ` Most frames a second in ten minutes: ${count(Math.max(...known))}.`;
    return `Frames of seven days; shown below: ${dayAndMinutes(end - props.window.spanMs, zone())} to ${dayAndMinutes(end, zone())}. Left and right arrow move it, plus and minus change its length.${most}`;
  };
  return (
    <Surface
      class={`week-strip ${grip() === null ? '' : grip() === 'middle' ? 'grabs' : 'resizes'}`}
      label={label()}
      draw={(drawing) => {
        setWidth(Math.max(drawing.width - LABELS, 1));
        drawWeek(drawing, bars(), week(), brush(), history.answer()?.sinceMs ?? null);
      }}
      handlers={{
        onPointerDown: down,
        onPointerMove: move,
        onPointerUp: up,
        onPointerCancel: up,
        onPointerLeave: () => setGrip(drawn?.grip ?? null),
      }}
    />
  );
}

function drawWeek(
  { context, width, height, palette }: Drawing,
  bars: readonly WeekBar[],
  { fromMs, toMs, width: inner }: ReturnType<typeof weekOf>,
  brush: { readonly x: number; readonly width: number },
  sinceMs: number | null,
): void {
  const ground = height - 2;
  const room = ground - HEAD - 2;
  const xOf = (atMs: number): number => LABELS + ((atMs - fromMs) / (toMs - fromMs)) * inner;
  context.font = `12px ${palette.sans}`;
  context.fillStyle = palette.ink2;
  context.fillText('7 days', 0, HEAD + room / 2 + 4);
  context.font = `11px ${palette.sans}`;
  context.textAlign = 'center';
  context.fillStyle = palette.ink3;
  for (const at of timeMarks(fromMs, toMs, Math.max(Math.floor(inner / 70), 2)).atMs) {
    if (at % DAY === 0 && xOf(at) > LABELS + 20 && xOf(at) < width - 20) context.fillText(day(at, zone()), xOf(at), 11);
  }
  context.textAlign = 'left';
  context.fillStyle = palette.edge;
  context.globalAlpha = 0.7;
  for (const { x, width: barWidth, share } of bars) {
    const barHeight = Math.max(share * room, 1);
    context.fillRect(LABELS + x, ground - barHeight, Math.max(barWidth, 1), barHeight);
  }
  context.globalAlpha = 1;
  context.fillStyle = palette.line;
  context.fillRect(LABELS, ground, inner, 1);
  if (sinceMs !== null && xOf(sinceMs) > LABELS + 200) {
    context.fillStyle = palette.ink3;
    context.fillText(`counted since ${dayAndMinutes(sinceMs, zone())}`, LABELS + 8, HEAD + room / 2 + 4);
  }
  context.globalAlpha = 0.16;
  context.fillStyle = palette.accent;
  context.fillRect(LABELS + brush.x, HEAD, brush.width, ground - HEAD);
  context.globalAlpha = 1;
  context.strokeStyle = palette.accent;
  context.lineWidth = 1;
  context.strokeRect(LABELS + brush.x + 0.5, HEAD + 0.5, Math.max(brush.width - 1, 1), ground - HEAD);
  context.fillStyle = palette.accent;
  const middle = HEAD + room / 2;
  context.fillRect(LABELS + brush.x, middle - 5, 3, 12);
  context.fillRect(LABELS + brush.x + brush.width - 3, middle - 5, 3, 12);
}
