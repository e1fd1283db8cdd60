// How much of a session can be rebuilt, and where it cannot.
import { For, Show, type JSX } from 'solid-js';
import type { Answer, Session } from '../live/answers.ts';
import { createPolled } from '../live/polled.ts';
import { zone } from '../shell/zone.ts';
import { duration } from '../text/duration.ts';
import { count, percent } from '../text/number.ts';
import { clock, clockMinutes, dayAndMinutes } from '../text/time.ts';
import { AskedError } from '../shell/asked-error.tsx';
import { axisTimes, isFailure, placeOf } from './session-rows.ts';

type Coverage = Answer<'/sessions/{id}/coverage'>;

const PARTS = 4;
const DAY_MS = 86_400_000;
const FEW_MINUTES_MS = 10 * 60_000;

export function CoverageStrip(props: { readonly session: Session }): JSX.Element {
  const asked = createPolled<Coverage>(
    () => `/sessions/${encodeURIComponent(props.session.id)}/coverage`,
    props.session.endedAtMs === null ? 30_000 : null,
  );
  return (
    <section class="sessions-coverage">
      <AskedError error={asked.error()} />
      <Show when={asked.answer()} fallback={<p class="soft">Coverage –</p>}>
        {(coverage) => <Strip coverage={coverage()} isCut={isFailure(props.session.status)} />}
      </Show>
    </section>
  );
}

function Strip(props: { readonly coverage: Coverage; readonly isCut: boolean }): JSX.Element {
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
      <div
        class="sessions-strip"
        role="img"
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
