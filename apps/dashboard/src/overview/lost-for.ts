// For how long there has been no contact, in ms: it goes on while everything else stands still.
import { createRoot, createSignal } from 'solid-js';
import { live } from '../live/live.ts';

const [monotonicMs, setMonotonicMs] = createRoot(() => createSignal(performance.now()));
setInterval(() => setMonotonicMs(performance.now()), 1_000);

/** 0 while there is contact. */
export function lostForMs(): number {
  const contact = live.contact();
  return contact.kind === 'lost' ? Math.max(monotonicMs() - contact.sinceMs, 0) : 0;
}
