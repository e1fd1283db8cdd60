// How much of a session can be rebuilt, and where it cannot.
import { For, Show, type JSX } from 'solid-js';
import type { Answer, Session } from '../live/answers.ts';
import type { Polled } from '../live/polled.ts';
import { zone } from '../shell/zone.ts';
import { duration } from '../text/duration.ts';
import { count, percent } from '../text/number.ts';
import { clock, clockMinutes, day, dayAndMinutes } from '../text/time.ts';
import { AskedError } from '../shell/asked-error.tsx';
import { lookStepMs, timeAt } from './book-time.ts';
import { stripLabels } from './strip-labels.ts';
import { axisTimes, isFailure, placeOf } from './session-rows.ts';

export type SessionCoverage = Answer<'/sessions/{id}/coverage'>;

const PARTS = 4;
const DAY_MS = 86_400_000;
const FEW_MINUTES_MS = 10 * 60_000;

/** @param props.atMs what is looked at */
export function CoverageStrip(props: {
  readonly session: Session;
  readonly asked: Polled<SessionCoverage>;
  readonly atMs: number;
  readonly onTime: (atMs: number) => void;
}): JSX.Element {
  return (
    <section class="sessions-coverage">
      <AskedError error={props.asked.error()} />
      <Show when={props.asked.answer()} fallback={<p class="soft">Coverage –</p>}>
        {(coverage) => (
          <Strip
            coverage={coverage()}
            isCut={isFailure(props.session.status)}
            atMs={props.atMs}
            onTime={(atMs) => props.onTime(atMs)}
          />
        )}
      </Show>
    </section>
  );
}

function Strip(props: {
  readonly coverage: SessionCoverage;
  readonly isCut: boolean;
  readonly atMs: number;
  readonly onTime: (atMs: number) => void;
}): JSX.Element {
  const share = (): string => percent(props.coverage.coveredMs, props.coverage.marketMs);
  const label = (atMs: number): string => {
    const ms = props.coverage.toMs - props.coverage.fromMs;
    return ms > DAY_MS
      ? dayAndMinutes(atMs, zone())
      : ms < FEW_MINUTES_MS
        ? clock(atMs, zone())
        : clockMinutes(atMs, zone());
  };
  return (
    <>
      <p>
        <b>{share()} %</b>{' '}
        <span class="soft">
          covered of {duration(props.coverage.marketMs)} of {count(props.coverage.marketsSummed)}
          {props.coverage.marketsSummed < props.coverage.marketsFound
            ? ` of ${count(props.coverage.marketsFound)}`
            : ''}{' '}
          markets, {count(props.coverage.holes)} {props.coverage.holes === 1 ? 'hole' : 'holes'}
        </span>
      </p>
      <div class="sessions-strip-labels" aria-hidden="true">
        <For each={stripLabels(props.coverage.spans, props.coverage, props.isCut)}>
          {({ text, at }) => <span style={{ '--at': at }}>{text}</span>}
        </For>
        <Show when={props.isCut}>
          <b class="bad">cut</b>
        </Show>
      </div>
      <div
        class="sessions-strip"
        role="img"
        onClick={(event) => {
          const { left, width } = event.currentTarget.getBoundingClientRect();
          props.onTime(timeAt((event.clientX - left) / width, props.coverage));
        }}
        aria-label={`${share()} % covered, ${count(props.coverage.holes)} holes in the ledger${props.isCut ? ', cut at the end' : ''}`}
      >
        <For each={props.coverage.spans}>
          {(span) => {
            const place = placeOf(span, props.coverage);
            return (
              <i
                title={`${clock(span.fromMs, zone())}, ${span.toMs === null ? 'open' : duration(span.toMs - span.fromMs)}: ${span.cause}${span.count > 1 ? `, ${count(span.count)} holes` : ''}`}
                style={{ '--left': place.left, '--width': place.width }}
              />
            );
          }}
        </For>
        <Show when={props.isCut}>
          <b />
        </Show>
      </div>
      <input
        class="sessions-look"
        type="range"
        aria-label="Time to look at"
        aria-valuetext={`${day(props.atMs, zone())} ${clock(props.atMs, zone())}`}
        min={props.coverage.fromMs}
        max={props.coverage.toMs}
        step={lookStepMs(props.coverage)}
        value={props.atMs}
        onInput={({ currentTarget }) => props.onTime(currentTarget.valueAsNumber)}
      />
      <ol class="sessions-axis" aria-hidden="true">
        <For each={axisTimes(props.coverage, PARTS)}>{(atMs) => <li>{label(atMs)}</li>}</For>
      </ol>
      <Show when={props.coverage.causes.length > 0}>
        <p class="note">
          <For each={props.coverage.causes}>
            {({ cause, holes, uncoveredMs }, index) => (
              <>
                {index() > 0 ? ' · ' : ''}
                {cause}: {duration(uncoveredMs)} of markets in {count(holes)} {holes === 1 ? 'stretch' : 'stretches'}
              </>
            )}
          </For>
        </p>
      </Show>
    </>
  );
}
