// All that an operator wants to know at 3 a.m., on one sheet.
import { createMemo, type JSX } from 'solid-js';
import type { Answer } from '../live/answers.ts';
import { live } from '../live/live.ts';
import { createPolled } from '../live/polled.ts';
import { Band } from './band.tsx';
import { BusiestBook } from './busiest-book.tsx';
import { ComponentsTable } from './components-table.tsx';
import { Instruments } from './instruments.tsx';
import { SessionPanel } from './session-panel.tsx';
import { Timeline } from './timeline.tsx';
import './overview.css';

const SESSIONS = 100;

export function OverviewView(): JSX.Element {
  const coverage = createPolled<Answer<'/coverage/summary'>>(() => '/coverage/summary?limit=1', 60_000);
  const sessions = createPolled<Answer<'/sessions'>>(() => `/sessions?limit=${SESSIONS}`, 10_000);
  // Of more sessions than these it is long ago.
  const beganMs = createMemo(() => {
    const known = sessions.answer()?.sessions ?? [];
    return known.length < SESSIONS ? (known.at(-1)?.startedAtMs ?? null) : null;
  });
  const isOld = (): boolean => live.contact().kind !== 'live';
  return (
    <div class="overview">
      <Band coverage={coverage} />
      <div class="overview-parts" classList={{ 'is-old': isOld() }}>
        <ComponentsTable />
        <SessionPanel sessions={sessions} />
      </div>
      <Instruments />
      <div class="overview-below">
        <Timeline beganMs={beganMs()} />
        <BusiestBook />
      </div>
    </div>
  );
}
