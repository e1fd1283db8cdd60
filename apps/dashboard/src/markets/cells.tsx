// The field of cells above the table, drawn when its markets change, and not while one scrolls: where in all rows one is, and where something is wrong. A click or the arrows lead to
// the row of a cell.
import { createMemo, createSignal, Show, type JSX } from 'solid-js';
import { Surface, type Drawing } from '../draw/surface.tsx';
import { theme } from '../theme/theme.ts';
import { count, decimal } from '../text/number.ts';
import { boxOf, cellAt, frameOf, layOutCells, levelOf, rowOfCell, type CellLayout } from './cell-field.ts';
import { drawCells } from './draw-cells.ts';
import { bookWord, type MarketRow } from './market-rows.ts';
import './cells.css';

export type CellsProps = {
  /** Of the table, in its order. */
  readonly rows: readonly MarketRow[];
  readonly sight: { readonly from: number; readonly to: number };
  /** `null`: none is chosen, or it is not in the table. */
  readonly chosenRow: number | null;
  readonly onChoose: (row: number) => void;
};

/** How far each key leads, in cells; of a column in columns. */
const MOVES: Readonly<Record<string, { readonly cells?: number; readonly columns?: number }>> = {
  ArrowUp: { cells: -1 },
  ArrowDown: { cells: 1 },
  ArrowLeft: { columns: -1 },
  ArrowRight: { columns: 1 },
  PageUp: { columns: -10 },
  PageDown: { columns: 10 },
  Home: { cells: -Infinity },
  End: { cells: Infinity },
};

export function Cells(props: CellsProps): JSX.Element {
  const [width, setWidth] = createSignal(0);
  const [pointed, setPointed] = createSignal<number | null>(null);
  const levels = createMemo(() => Uint8Array.from(props.rows, levelOf));
  const layout = createMemo((): CellLayout => layOutCells(props.rows.length, width()));
  const cell = (): number => Math.floor((props.chosenRow ?? props.sight.from) / layout().perCell);
  /** What is told of: the cell under the pointer, or else the chosen one. */
  const told = createMemo((): readonly string[] | null => {
    const at = pointed() ?? (props.chosenRow === null ? null : cell());
    return at === null || at >= layout().cells ? null : cellLines(props.rows, levels(), layout(), at);
  });
  /** Without figures: they change by themselves. */
  const spoken = createMemo((): string => {
    const row = props.chosenRow === null ? undefined : props.rows[props.chosenRow];
    return row ? `${row.market}, ${bookWord(row)}` : '';
  });
  /** Not all rows are in sight. */
  const isScrolled = (): boolean => props.sight.from > 0 || props.sight.to < props.rows.length;
  const draw = (drawing: Drawing): void => {
    setWidth(drawing.width);
    drawCells(drawing, levels(), layout());
  };
  const choose = (at: number | null): void => {
    if (at !== null) props.onChoose(rowOfCell(levels(), layout(), at));
  };
  const handlers: JSX.CanvasHTMLAttributes<HTMLCanvasElement> = {
    tabindex: 0,
    onPointerMove: ({ offsetX, offsetY }) => setPointed(cellAt(layout(), offsetX, offsetY)),
    onPointerLeave: () => setPointed(null),
    onClick: ({ offsetX, offsetY }) => choose(cellAt(layout(), offsetX, offsetY)),
    onKeyDown: (event) => {
      const move = MOVES[event.key];
      if (!move || layout().cells === 0) return;
      event.preventDefault();
      const next = cell() + (move.cells ?? 0) + (move.columns ?? 0) * layout().rows;
      choose(Math.min(Math.max(next, 0), layout().cells - 1));
    },
  };
  return (
    <div class="cells">
      <div class="cells-field">
        <Surface
          class="cells-canvas"
          label={`Field of ${count(layout().cells)} cells in the order of the table, ${count(layout().perCell)} of ${count(props.rows.length)} markets in each. Arrows lead from cell to cell, and the table goes to its row.`}
          draw={draw}
          handlers={handlers}
        />
        <Show when={isScrolled() && frameOf(layout(), props.sight.from, props.sight.to)}>
          {(frame) => <i class="cells-frame" style={{ '--left': px(frame().left), '--width': px(frame().width) }} />}
        </Show>
        <Show when={props.chosenRow !== null && boxOf(layout(), props.chosenRow)}>
          {(box) => (
            <i
              class="cells-chosen"
              style={{
                '--left': px(box().left),
                '--top': px(box().top),
                '--width': px(box().width),
                '--height': px(box().height),
              }}
            />
          )}
        </Show>
      </div>
      <p class="unseen" aria-live="polite">
        {spoken()}
      </p>
      <div class="cells-legend">
        <Show when={told()} fallback={<Legend perCell={layout().perCell} />}>
          {(lines) => (
            <>
              <p class="cells-name mono">{lines()[0]}</p>
              <p>{lines()[1]}</p>
              <p>{lines()[2]}</p>
            </>
          )}
        </Show>
      </div>
    </div>
  );
}

const px = (value: number): string => `${value}px`;

function Legend(props: { readonly perCell: number }): JSX.Element {
  return (
    <>
      <p class="cells-name">
        {props.perCell === 1 ? 'Every market is one cell' : `A cell is ${count(props.perCell)} markets, the worst`}
      </p>
      <p>{theme() === 'dark' ? 'brighter' : 'darker'}: more changes in 10 s</p>
      <p>yellow: stale</p>
    </>
  );
}

/** Of the market that a cell shows: its name, how it does, and how many others are there. */
function cellLines(
  rows: readonly MarketRow[],
  levels: Uint8Array,
  layout: CellLayout,
  cell: number,
): readonly [string, string, string] {
  const { market, book, isUnknown } = rows[rowOfCell(levels, layout, cell)]!;
  const from = cell * layout.perCell + 1;
  const to = Math.min(from + layout.perCell - 1, layout.markets);
  return [
    market,
    `${bookWord({ book, isUnknown })}, ${decimal(book.changesPerSecond, 1)} changes/s`,
    from === to ? `row ${count(from)}` : `worst of rows ${count(from)}–${count(to)}`,
  ];
}
