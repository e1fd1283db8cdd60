// In which zone times are told: one choice for the whole page, kept for the next visit.
import { createSignal } from 'solid-js';
import type { Zone } from '../text/time.ts';

const STORED_AS = 'zone';

const [zone, setZone] = createSignal<Zone>(localStorage.getItem(STORED_AS) === 'local' ? 'local' : 'utc');

export { zone };

export function toggleZone(): void {
  const next = zone() === 'utc' ? 'local' : 'utc';
  localStorage.setItem(STORED_AS, next);
  setZone(next);
}
