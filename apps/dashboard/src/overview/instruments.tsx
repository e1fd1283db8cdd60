// Four instruments of the last quarter of an hour: what comes, how late, what waits, and what was repaired.
import { createMemo, Show, type JSX } from 'solid-js';
import type uPlot from 'uplot';
import type { Palette } from '../draw/palette.ts';
import { Series } from '../draw/series.tsx';
import { Surface, type Drawing } from '../draw/surface.tsx';
import type { History } from '../live/answers.ts';
import { live } from '../live/live.ts';
import { createPolled } from '../live/polled.ts';
import { duration } from '../text/duration.ts';
import { bytes, count } from '../text/number.ts';
import { instrumentsOf, lastOf, type Instruments as Data } from './instrument-data.ts';

/** uPlot's name of it is an enum that is there in types alone. */
// oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- uPlot has no value of it at run time
const LOGARITHMIC = 3 as uPlot.Scale.Distr;
const QUARTER_MS = 15 * 60_000;

export function Instruments(): JSX.Element {
  const history = createPolled<History>(() => '/history?step=1000', 5_000);
  const data = createMemo(() => (history.answer() ? instrumentsOf(history.answer()!) : null));
  const feed = () => live.status()?.feed ?? null;
  const backlog = () => live.status()?.backlog ?? null;
  const failedAudits = () => feed()?.counters.desyncs ?? 0;
  return (
    <section
      class="instruments"
      aria-label="The last 15 minutes"
      classList={{ 'is-old': live.contact().kind !== 'live' }}
    >
      <Show when={data()} fallback={<p class="note">{history.error()?.message ?? ''}</p>}>
        {(now) => (
          <>
            <Instrument
              title="Frames"
              value={number(lastOf(now().frames))}
              unit="/s"
              note="5 s mean, shade is the busiest second"
            >
              <Series
                label={`Frames a second, now ${number(lastOf(now().frames))}`}
                data={[[...now().atS], [...now().framesMost], [...now().frames]]}
                options={framesOptions}
              />
            </Instrument>
            <Instrument
              title="Delay of deltas"
              value={number(lastOf(now().delay))}
              unit="ms"
              note="median; thin line is the slowest 1 in 100"
            >
              <Series
                label={`Delay of deltas, now ${number(lastOf(now().delay))} ms`}
                data={[[...now().atS], [...now().delaySlowest], [...now().delay]]}
                options={delayOptions}
              />
            </Instrument>
            <Instrument
              title="Waiting for the database"
              value={backlog() ? count(backlog()!.queuedRecords + (backlog()!.spooledRecords ?? 0)) : '–'}
              unit="records"
              note={
                backlog()
                  ? `memory ${count(backlog()!.queuedRecords)}, disk ${count(backlog()!.spooledRecords ?? 0)} records (${bytes(backlog()!.spooledBytes ?? 0)})`
                  : ''
              }
            >
              <Series
                label="Records that wait for the database"
                data={[[...now().atS], [...now().waiting]]}
                options={waitingOptions}
              />
            </Instrument>
            <Instrument
              title="Audits"
              value={count(feed()?.counters.audited ?? 0)}
              unit={`of ${count((feed()?.counters.audited ?? 0) + failedAudits())} equal`}
              note={`${count(feed()?.counters.repairs ?? 0)} repairs since the start`}
            >
              <Surface
                class="series"
                label="Audits and repairs in the last 15 minutes"
                draw={(drawing) => drawAudits(drawing, now())}
              />
            </Instrument>
          </>
        )}
      </Show>
    </section>
  );
}

const number = (value: number | null): string => (value === null ? '–' : count(value));

function Instrument(props: {
  readonly title: string;
  readonly value: string;
  readonly unit: string;
  readonly note: string;
  readonly children: JSX.Element;
}): JSX.Element {
  return (
    <figure class="instrument">
      <figcaption>
        <b>{props.title}</b>
        <span>
          <b class="instrument-value">{props.value}</b> <span class="soft">{props.unit}</span>
        </span>
      </figcaption>
      {props.children}
      <p class="note">{props.note}</p>
    </figure>
  );
}

function axes(
  { ink3, line, sans }: Palette,
  values: uPlot.Axis.DynamicValues,
  splits?: (min: number, max: number) => number[],
): uPlot.Axis[] {
  const common = { stroke: ink3, font: `11px ${sans}`, ticks: { show: false }, border: { show: false } } as const;
  return [
    {
      ...common,
      grid: { show: false },
      size: 20,
      splits: (self) => [0, 1, 2, 3].map((third) => self.scales['x']!.max! - ((3 - third) * QUARTER_MS) / 3_000),
      values: () => ['−15 min', '−10', '−5', 'now'],
    },
    {
      ...common,
      grid: { stroke: line, width: 1 },
      size: 48,
      values,
      space: 22,
      ...(splits ? { splits: (_self, _axis, min, max) => splits(min, max) } : {}),
    },
  ];
}

/** The whole quarter, also when it has just begun. */
const lastQuarter: uPlot.Scale = { time: true, range: (_self, _min, max) => [max - QUARTER_MS / 1_000, max] };

const base = {
  legend: { show: false },
  cursor: { show: false },
  padding: [6, 14, 0, 0] as [number, number, number, number],
};

const grouped: uPlot.Axis.DynamicValues = (_self, splits) => splits.map((value) => count(value));

const framesOptions = (palette: Palette): Omit<uPlot.Options, 'width' | 'height'> => ({
  ...base,
  scales: { x: lastQuarter, y: { range: (_self, _min, max) => [0, Math.max(max * 1.1, 10)] } },
  axes: axes(palette, grouped),
  series: [
    {},
    { width: 0, fill: palette.line, points: { show: false } },
    { stroke: palette.ink, width: 1.25, points: { show: false } },
  ],
});

const delayOptions = (palette: Palette): Omit<uPlot.Options, 'width' | 'height'> => ({
  ...base,
  scales: {
    x: lastQuarter,
    y: { distr: LOGARITHMIC, range: (_self, min, max) => [Math.min(Math.max(min, 1), 10), Math.max(max, 1_000)] },
  },
  axes: axes(
    palette,
    (_self, splits) => splits.map(duration),
    (min, max) => [1, 10, 100, 1_000, 10_000, 100_000].filter((ms) => ms >= min && ms <= max),
  ),
  series: [
    {},
    { stroke: palette.edge, width: 1, points: { show: false } },
    { stroke: palette.ink, width: 1.75, points: { show: false } },
  ],
});

const waitingOptions = (palette: Palette): Omit<uPlot.Options, 'width' | 'height'> => ({
  ...base,
  scales: { x: lastQuarter, y: { range: (_self, _min, max) => [0, Math.max(max * 1.1, 10)] } },
  axes: axes(palette, grouped),
  series: [{}, { stroke: palette.ink2, width: 1, fill: palette.line, points: { show: false } }],
});

/** A tick for each five seconds with audits, a triangle for each with repairs. */
function drawAudits({ context, width, height, palette }: Drawing, { atS, audits, repairs }: Data): void {
  const [left, right] = [64, width - 14];
  const end = atS.at(-1) ?? 0;
  const x = (at: number): number => right - ((end - at) / (QUARTER_MS / 1_000)) * (right - left);
  context.font = `11px ${palette.sans}`;
  context.fillStyle = palette.ink3;
  context.textAlign = 'right';
  context.fillText('audits', left - 8, 16);
  context.fillText('repairs', left - 8, height - 30);
  context.fillStyle = palette.line;
  context.fillRect(left, height - 24, right - left, 1);
  atS.forEach((at, index) => {
    if (x(at) < left) return;
    if ((audits[index] ?? 0) > 0) {
      context.fillStyle = palette.ok;
      context.fillRect(x(at), 8, 2, 10);
    }
    if ((repairs[index] ?? 0) > 0) {
      context.fillStyle = palette['warn-fill'];
      context.beginPath();
      context.moveTo(x(at), height - 38);
      context.lineTo(x(at) + 5, height - 28);
      context.lineTo(x(at) - 5, height - 28);
      context.fill();
    }
  });
  context.fillStyle = palette.ink3;
  context.textAlign = 'center';
  ['−15 min', '−10', '−5', 'now'].forEach((text, third) =>
    context.fillText(text, left + ((right - left) * third) / 3 + (third === 0 ? 16 : third === 3 ? -8 : 0), height - 6),
  );
  context.textAlign = 'left';
}
