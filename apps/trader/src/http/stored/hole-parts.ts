// Where in a stretch something is missing, as parts of equal length: as much as a small bar can show.
import type { HoleTime } from '@trader/session-store';

/** Of a day 20 minutes each. */
export const PARTS = 72;

/** @returns the parts that a hole touches, from 0 on, in order, each once. Holes beyond the stretch touch none */
export function holeParts(
  holes: readonly HoleTime[],
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): number[] {
  const partMs = (toMs - fromMs) / PARTS;
  const parts = new Set<number>();
  for (const hole of holes) {
    const first = Math.max(Math.floor((hole.fromMs - fromMs) / partMs), 0);
    const last = Math.min(Math.ceil((hole.toMs - fromMs) / partMs) - 1, PARTS - 1);
    for (let part = first; part <= last; part++) parts.add(part);
  }
  return [...parts].toSorted((one, other) => one - other);
}
