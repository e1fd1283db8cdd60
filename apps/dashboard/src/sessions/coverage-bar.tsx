// A session in one line of the list: how long it lasted, where its holes are, and how it ended.
import { createMemo, Match, Show, Switch, type JSX } from 'solid-js';
import type { Level } from '../shell/mark.tsx';
import { drawnMarks, markPath } from './coverage-marks.ts';
import type { RowCoverage } from './row-coverage.ts';

const LONGEST_PX = 140;
/** What stands for its end is behind the bar. */
const END_PX = 14;
const [HEIGHT, LINE_TOP, LINE_HEIGHT, MARK_TOP, MARK_HEIGHT] = [20, 6, 4, 12, 5];

/** @param props.share of the longest bar, 0 to 1 */
export function CoverageBar(props: {
  readonly share: number;
  readonly coverage: RowCoverage | null;
  readonly level: Level;
  readonly isActive: boolean;
}): JSX.Element {
  const width = (): number => Math.max(Math.round(props.share * LONGEST_PX), 2);
  const marks = createMemo(() =>
    props.coverage ? markPath(drawnMarks(props.coverage.marks, props.coverage, width()), MARK_TOP, MARK_HEIGHT) : '',
  );
  return (
    <svg class="sessions-bar" width={LONGEST_PX + END_PX} height={HEIGHT} aria-hidden="true">
      <rect width={width()} height={LINE_HEIGHT} y={LINE_TOP} />
      <Show when={marks() !== ''}>
        <path class="sessions-bar-marks" d={marks()} />
      </Show>
      <g class={`sessions-bar-end ${props.level}`} transform={`translate(${width()} ${LINE_TOP + LINE_HEIGHT / 2})`}>
        <Switch>
          <Match when={props.isActive}>
            <circle class="active" r="4.5" />
          </Match>
          <Match when={props.level === 'warn'}>
            <path d="M8.5 -4.5 13 4H4Z" />
          </Match>
          <Match when={props.level === 'bad'}>
            <path d="M4 -4.5h9v9h-9Z" />
          </Match>
        </Switch>
      </g>
    </svg>
  );
}
