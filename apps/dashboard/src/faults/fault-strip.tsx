// The strip of one fault: drawn when something in it changes, and held while somebody looks closely.
import { createSignal, For, Show, type JSX } from 'solid-js';
import { Surface } from '../draw/surface.tsx';
import { AskedError } from '../shell/asked-error.tsx';
import { useKeys } from '../shell/keys.ts';
import { drawStrip, momentAt } from './draw-strip.ts';
import type { FollowedStrip } from './follow-strip.ts';
import { described, secondText } from './strip-text.ts';
import type { Strip } from './strip.ts';
import './fault-strip.css';

export function FaultStrip(props: { readonly followed: FollowedStrip }): JSX.Element {
  const [held, setHeld] = createSignal<Strip | null>(null);
  const [cursorMs, setCursorMs] = createSignal<number | null>(null);
  const strip = (): Strip => held() ?? props.followed.strip();
  const pointed = () => (cursorMs() === null ? null : secondText(strip(), cursorMs()!));
  useKeys([
    {
      keys: [' '],
      caps: ['space'],
      does: 'hold the strip',
      run: () => setHeld((before) => (before ? null : strip())),
    },
    {
      keys: ['ArrowLeft', 'ArrowRight'],
      caps: ['←', '→'],
      does: 'read a second',
      run: ({ key }) => {
        const { fromMs, toMs, nowMs } = strip();
        const next = (cursorMs() ?? Math.min(toMs, nowMs)) + (key === 'ArrowLeft' ? -1_000 : 1_000);
        setCursorMs(Math.min(Math.max(next, fromMs), toMs));
      },
    },
    { keys: ['Escape'], does: 'read no second', run: () => setCursorMs(null) },
  ]);
  return (
    <div class="fault-strip">
      <Surface
        class="fault-strip-canvas"
        label="The fault through time: what it did to frames, books, state, session and ledger; the list that follows says the same"
        draw={(drawing) => drawStrip(drawing, strip(), cursorMs())}
        handlers={{
          onPointerMove: (event) => setCursorMs(momentAt(strip(), event.offsetX, event.currentTarget.clientWidth)),
          onPointerLeave: () => setCursorMs(null),
        }}
      />
      <p class="fault-strip-why" aria-live="polite">
        <Show when={held()}>
          <b>Held; space goes on.</b>{' '}
        </Show>
        {pointed() ?? ''}
      </p>
      <AskedError error={props.followed.error()} />
      <ul class="unseen">
        <For each={described(strip())}>{(line) => <li>{line}</li>}</For>
      </ul>
    </div>
  );
}
