// The picture of a book through time, and all that one can do with it: look at one place of it, go back, come nearer.
import { createEffect, createMemo, createSignal, on, Show, type Accessor, type JSX } from 'solid-js';
import { palette } from '../draw/palette.ts';
import { hatch } from '../draw/hatch.ts';
import { Surface, type Drawing } from '../draw/surface.tsx';
import type { TimeWindow } from '../draw/time-window.ts';
import type { Market } from '../live/answers.ts';
import { live } from '../live/live.ts';
import { zone } from '../shell/zone.ts';
import { duration } from '../text/duration.ts';
import { contracts } from '../text/price.ts';
import { clockFine } from '../text/time.ts';
import { theme } from '../theme/theme.ts';
import { colorTable, NO_SIDE } from './brightness.ts';
import type { Column } from './columns.ts';
import { CellImage, drawBox, drawCells, drawHoleLabels, drawHoles, drawTouch, drawTrades } from './draw-heatmap.ts';
import { drawActivity, drawAudits, drawFan, drawPrices, drawProfile, drawRecorded, drawTimes } from './draw-margins.ts';
import type { FollowedPicture } from './follow-picture.ts';
import type { Ladder } from './ladder-rows.ts';
import type { Trade } from './picture.ts';
import { centAt, indexAtX, layoutOf, yOf, type Layout } from './scales.ts';
import type { Cursor } from './cursor.ts';

export type HeatmapProps = {
  readonly market: string;
  readonly followed: FollowedPicture;
  readonly window: TimeWindow;
  /** Where the window ends, and moves on to. */
  readonly endMs: number;
  readonly isFlipped: boolean;
  readonly isHeld: boolean;
  /** Without margins and without a hand: a picture in a page about something else. */
  readonly small?: boolean;
  /** What the fan at the right opens to. */
  readonly ladder?: Ladder;
  /** In what is shown. */
  readonly trades?: readonly Trade[];
  /** When the book was compared with the exchange's. */
  readonly audits?: Market['audits'];
  readonly cursor?: Cursor | null;
  readonly onCursor?: (cursor: Cursor | null) => void;
  readonly onPan?: (byMs: number) => void;
  readonly onZoom?: (direction: 1 | -1, aroundMs: number) => void;
  /** The step that fits the width, in device pixels. */
  readonly onWidth?: (devicePixels: number) => void;
};

/** CSS pixels: right of the heatmap profile, prices and the fan to the ladder, below it lane, activity and times. */
const [PROFILE, AXIS, FAN] = [72, 44, 24];
const [LANE, ACTIVITY, TIMES] = [24, 48, 24];

export function Heatmap(props: HeatmapProps): JSX.Element {
  const image = new CellImage();
  const table = createMemo(() => colorTable(theme()));
  const [layout, setLayout] = createSignal<Layout | null>(null);
  let dragFrom: { readonly x: number; readonly endMs: number } | null = null;

  const margins = () =>
    props.small ? { right: AXIS, bottom: TIMES } : { right: PROFILE + AXIS + FAN, bottom: LANE + ACTIVITY + TIMES };

  const draw = (drawing: Drawing): void => {
    const { context, width, height, ratio, palette } = drawing;
    const { picture, version } = props.followed;
    version();
    const { right, bottom } = margins();
    props.onWidth?.(Math.max((width - right) * ratio, 1));
    const now = layoutOf({
      boxWidth: Math.max(width - right, 1),
      boxHeight: Math.max(height - bottom, 1),
      ratio,
      spanMs: props.window.spanMs,
      endMs: props.endMs,
      stepMs: picture().stepMs,
      isFlipped: props.isFlipped,
    });
    setLayout(now);
    const holes = picture().holes(now.fromMs, now.toMs);
    drawCells(drawing, image.paint(picture(), now, table()), now);
    drawTouch(drawing, picture(), now);
    drawHoles(drawing, holes, now, now.height);
    drawStale(drawing, now);
    if (!props.small) drawTrades(drawing, props.trades ?? [], now);
    context.strokeStyle = palette.edge;
    context.lineWidth = 1;
    context.strokeRect(0.5, 0.5, now.width - 1, now.height - 1);
    const isNow = props.window.endMs === null && !props.isHeld;
    if (isNow) {
      context.fillStyle = palette.accent;
      context.fillRect(now.width - 1, 0, 2, now.height);
    }
    drawTimes(drawing, now, now.height + (props.small ? 18 : LANE + ACTIVITY + 18), zone(), isNow ? now.toMs : null);
    const column = shownColumn(now);
    const tags = column ? touchTags(column) : [];
    if (props.small) return drawPrices(drawing, now, now.width + 4, []);
    drawHoleLabels(drawing, holes, now, now.height - 42);
    drawRecorded(drawing, picture(), holes, now, now.height + LANE / 2);
    drawAudits(drawing, props.audits ?? [], now, now.height + LANE / 2);
    const most = drawActivity(drawing, picture(), now, now.height + LANE, ACTIVITY - 4);
    drawProfile(drawing, column, now, now.width + 2, PROFILE - 8);
    drawPrices(drawing, now, now.width + PROFILE, tags);
    context.fillStyle = palette.ink3;
    context.font = `11px ${palette.sans}`;
    context.fillText('recorded', now.width + 6, now.height + LANE / 2 + 4);
    context.fillText(`${Math.round(most)}`, now.width + 6, now.height + LANE + 10);
    context.fillText('changes/s', now.width + 6, now.height + LANE + ACTIVITY - 6);
    if (props.ladder) drawFan(drawing, now, props.ladder, now.width + PROFILE + AXIS - 2, width);
    if (props.cursor) drawCursor(drawing, now, props.cursor);
  };

  /** Of the time of the cursor, or the last that is known. */
  const shownColumn = (now: Layout): Column | null => {
    const { picture } = props.followed;
    if (props.cursor) return picture().column(props.cursor.index) ?? null;
    for (let index = now.firstIndex + now.columns; index >= now.firstIndex; index--) {
      const column = picture().column(index);
      if (column !== undefined) return column;
    }
    return null;
  };

  const touchTags = ({ bid, ask }: Column) => {
    const price = (cent: number): string => `${props.isFlipped ? 100 - cent : cent}¢`;
    const colors = palette();
    return [
      ...(ask === 0 ? [] : [{ cent: ask, text: price(ask), color: colors.no }]),
      ...(bid === 0 ? [] : [{ cent: bid, text: price(bid), color: colors.yes }]),
    ];
  };

  /** From the last column that is known up to now: what is not right is not drawn as if it were. */
  const drawStale = ({ context, palette, ratio }: Drawing, now: Layout): void => {
    const { levels, picture } = props.followed;
    if (levels().synced || levels().atMs === null || props.window.endMs !== null) return;
    let index = now.firstIndex + now.columns;
    while (index > now.firstIndex && !picture().column(index)) index--;
    const left = (index + 1 - now.firstIndex) * now.columnWidth;
    context.fillStyle = hatch(context, palette.edge, ratio);
    context.fillRect(left, 0, now.width - left, now.height);
  };

  const drawCursor = (drawing: Drawing, now: Layout, { index, cent }: Cursor): void => {
    const { context, palette } = drawing;
    const x = (index - now.firstIndex + 0.5) * now.columnWidth;
    const y = yOf(now, cent) + now.rowHeight / 2;
    if (x < 0 || x > now.width) return;
    context.setLineDash([3, 3]);
    context.strokeStyle = palette.ink;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(Math.round(x) + 0.5, 0);
    context.lineTo(Math.round(x) + 0.5, now.height + LANE + ACTIVITY);
    context.moveTo(0, Math.round(y) + 0.5);
    context.lineTo(now.width + PROFILE, Math.round(y) + 0.5);
    context.stroke();
    context.setLineDash([]);
    const lines = cursorLines(props.followed.picture().column(index), cent, props.isFlipped);
    context.font = `600 13px ${palette.sans}`;
    const width = Math.max(...lines.map((line) => context.measureText(line).width)) + 20;
    const left = x + 12 + width < now.width ? x + 12 : x - 12 - width;
    const top = y - 12 - 58 > 0 ? y - 12 - 58 : y + 12;
    drawBox(drawing, left, top, width, 58);
    lines.forEach((line, row) => {
      context.fillStyle = row === 1 ? palette.ink : palette.ink2;
      context.font = row === 1 ? `600 13px ${palette.sans}` : `11px ${palette.sans}`;
      context.fillText(line, left + 10, top + 17 + row * 16);
    });
    drawTag(drawing, clockFine(index * now.stepMs, zone(), 1), x, now.height + LANE + ACTIVITY + 5, 'center');
    drawTag(drawing, `${props.isFlipped ? 100 - cent : cent}¢`, now.width + PROFILE + 20, y - 8, 'center');
  };

  const cursorAt = (event: PointerEvent): Cursor | null => {
    const now = layout();
    if (!now) return null;
    const { offsetX, offsetY } = event;
    if (offsetX < 0 || offsetX >= now.width || offsetY < 0 || offsetY >= now.height) return null;
    return { index: indexAtX(now, offsetX), cent: centAt(now, offsetY) };
  };

  const handlers: JSX.CanvasHTMLAttributes<HTMLCanvasElement> = props.small
    ? {}
    : {
        onPointerDown: (event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          dragFrom = { x: event.offsetX, endMs: props.endMs };
        },
        onPointerMove: (event) => {
          const now = layout();
          if (dragFrom && now && event.buttons !== 0) {
            const movedMs = ((dragFrom.x - event.offsetX) / now.columnWidth) * now.stepMs;
            props.onPan?.(dragFrom.endMs + movedMs - props.endMs);
          } else props.onCursor?.(cursorAt(event));
        },
        onPointerUp: () => (dragFrom = null),
        onPointerLeave: () => props.onCursor?.(null),
        onWheel: (event) => {
          event.preventDefault();
          const now = layout();
          if (!now) return;
          if (Math.abs(event.deltaX) > Math.abs(event.deltaY))
            props.onPan?.((event.deltaX / now.columnWidth) * now.stepMs);
          else if (event.deltaY !== 0)
            props.onZoom?.(event.deltaY < 0 ? 1 : -1, now.fromMs + (event.offsetX / now.columnWidth) * now.stepMs);
        },
      };
  // A cursor that is off the picture is none.
  createEffect(
    on(layout, (now) => {
      const at = props.cursor;
      if (now && at && (at.index < now.firstIndex || at.index >= now.firstIndex + now.columns)) props.onCursor?.(null);
    }),
  );
  const behindMs: Accessor<number> = () => live.nowMs() - props.endMs;
  return (
    <div class="heatmap" classList={{ small: props.small ?? false }}>
      <Surface
        class="heatmap-canvas"
        label={`Depth of ${props.market} through time: price up, time across, size as brightness`}
        draw={draw}
        handlers={handlers}
      />
      <Show when={!props.small && (props.window.endMs !== null || props.isHeld)}>
        <span class="heatmap-behind">
          {props.isHeld && props.window.endMs === null ? 'held, ' : ''}
          {duration(behindMs())} behind, <kbd>0</kbd> = now
        </span>
      </Show>
      <p class="unseen" aria-live="polite">
        {props.cursor
          ? cursorLines(props.followed.picture().column(props.cursor.index), props.cursor.cent, props.isFlipped).join(
              ', ',
            )
          : ''}
      </p>
    </div>
  );
}

function drawTag({ context, palette }: Drawing, text: string, x: number, y: number, align: CanvasTextAlign): void {
  context.font = `600 11px ${palette.sans}`;
  const width = context.measureText(text).width + 10;
  const left = align === 'center' ? x - width / 2 : x;
  context.fillStyle = palette.inverse;
  context.fillRect(left, y, width, 16);
  context.fillStyle = palette['on-inverse'];
  context.fillText(text, left + 5, y + 12);
}

/** What is at one place of the picture, in words. */
function cursorLines(column: Column | null | undefined, cent: number, isFlipped: boolean): readonly string[] {
  const price = (yes: number): string => `${isFlipped ? 100 - yes : yes}¢`;
  if (!column) return [`at ${price(cent)}`, column === null ? 'not recorded' : 'not loaded', ''];
  const size = column.sizes[cent - 1]!;
  const isNo = (column.cells[cent - 1]! & NO_SIDE) !== 0;
  const side = size === 0 ? 'Nothing rests' : isNo ? 'NO bids' : 'YES bids';
  const touch = [
    ...(column.bid === 0 ? [] : [`bid ${column.bid}¢`]),
    ...(column.ask === 0 ? [] : [`ask ${column.ask}¢`]),
  ].join('  ');
  return [`${side} at ${price(cent)}`, `${contracts(size)} contracts`, touch];
}
