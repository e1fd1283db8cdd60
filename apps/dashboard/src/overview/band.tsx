// The state, so large that one reads it from across the room, and the four figures that say whether the recording is right.
import { For, Show, type JSX } from 'solid-js';
import type { Answer } from '../live/answers.ts';
import { live } from '../live/live.ts';
import type { Polled } from '../live/polled.ts';
import { Figure } from '../shell/figure.tsx';
import { Mark } from '../shell/mark.tsx';
import { duration } from '../text/duration.ts';
import { bytes, count, decimal, percent } from '../text/number.ts';
import { bandOf } from './band-text.ts';
import './band.css';

export function Band(props: { readonly coverage: Polled<Answer<'/coverage/summary'>> }): JSX.Element {
  const band = () => bandOf(live.status(), live.contact());
  const forMs = (): number | null => {
    const { sinceMs } = band();
    return live.contact().kind === 'lost' ? live.ageMs() : sinceMs === null ? null : live.nowMs() - sinceMs;
  };
  return (
    <section class="band" classList={{ flooded: band().isFlooded }} aria-label="State">
      <span class="band-mark">
        <Mark level={band().level} large />
      </span>
      <h1>{band().word}</h1>
      <div class="band-why">
        <Show when={forMs() !== null}>
          <p class="band-for">for {duration(forMs()!)}</p>
        </Show>
        <For each={band().lines}>{(line) => <p>{line}</p>}</For>
        <Show when={band().toDo}>
          <p>
            <b>To do:</b> {band().toDo}
          </p>
        </Show>
      </div>
      <Figures coverage={props.coverage} />
    </section>
  );
}

function Figures(props: { readonly coverage: Polled<Answer<'/coverage/summary'>> }): JSX.Element {
  const feed = () => live.status()?.feed ?? null;
  const backlog = () => live.status()?.backlog ?? null;
  const sums = () => props.coverage.answer();
  const stale = () => (feed() ? feed()!.wanted - feed()!.synced : 0);
  const waiting = () => (backlog() ? backlog()!.queuedRecords + (backlog()!.spooledRecords ?? 0) : 0);
  const isLost = () => live.contact().kind !== 'live';
  return (
    <dl class="band-figures" classList={{ 'is-old': isLost() }}>
      <Figure
        label="Books right"
        value={feed() ? count(feed()!.synced) : '–'}
        unit={feed() ? `of ${count(feed()!.wanted)}` : undefined}
        note={stale() === 0 ? 'all in step' : `${count(feed()?.underRepair ?? 0)} under repair`}
      />
      <Figure
        label="Holes, 24 h"
        value={sums() ? count(sums()!.holes) : '–'}
        note={props.coverage.error()?.code ?? (sums() ? `in the books of markets ${count(sums()!.marketHoles)}` : '')}
      />
      <Figure
        label="Covered, 24 h"
        value={sums() ? percent(sums()!.coveredMs, sums()!.marketMs) : '–'}
        unit="%"
        note={sums() ? `of ${count(sums()!.marketMs / 3_600_000)} market-hours` : ''}
      />
      <Figure
        label="Not in database"
        value={backlog() ? decimal((backlog()!.oldestAgeMs ?? 0) / 1_000, 1) : '–'}
        unit="s"
        note={
          backlog()
            ? `${count(waiting())} records${backlog()!.spooledBytes === null ? ' in memory' : `, ${bytes(backlog()!.spooledBytes!)} on disk`}`
            : ''
        }
      />
    </dl>
  );
}
