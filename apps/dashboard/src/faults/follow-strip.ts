// What the strip of one fault is made of, asked for by the second while it is shown.
import { createMemo, type Accessor } from 'solid-js';
import type { History, Timeline } from '../live/answers.ts';
import type { AskError } from '../live/ask.ts';
import { live } from '../live/live.ts';
import { createPolled } from '../live/polled.ts';
import type { Injected } from './fault-times.ts';
import { stretchOf, stripOf, type Strip } from './strip.ts';

/** Questions are asked for stretches that stay the same for a while. */
const SAME_MS = 60_000;
/** What is over is told a little later, and then no more. */
const LATE_MS = 5_000;

export type FollowedStrip = { readonly strip: Accessor<Strip>; readonly error: Accessor<AskError | null> };

export function followStrip(fault: Accessor<Injected | null>): FollowedStrip {
  const query = createMemo(() => {
    const { fromMs, toMs } = stretchOf(fault(), live.nowMs());
    if (!fault()) return `from=${Math.floor(fromMs / SAME_MS) * SAME_MS}`;
    const to = toMs + LATE_MS < live.nowMs() ? `&to=${Math.ceil(toMs)}` : '';
    return `from=${Math.floor(fromMs)}${to}`;
  });
  const history = createPolled<History>(() => `/history?step=1000&${query()}`, 1_000);
  const timeline = createPolled<Timeline>(() => `/timeline?${query()}`, 2_000);
  // While the next answer is on its way the one before is shown.
  const seconds = createMemo((before: History | null): History | null => history.answer() ?? before, null);
  const spans = createMemo((before: Timeline | null): Timeline | null => timeline.answer() ?? before, null);
  return {
    strip: createMemo(() => stripOf(fault(), seconds(), spans()?.spans ?? [], live.nowMs())),
    error: () => history.error() ?? timeline.error(),
  };
}
