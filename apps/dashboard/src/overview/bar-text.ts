// A bar of the timeline in words: in the picture, and in a sentence.
import { duration } from '../text/duration.ts';
import { shortId } from '../text/session-id.ts';
import { dayAndMinutes, type Zone } from '../text/time.ts';
import type { Bar } from './lanes.ts';

const lastedMs = ({ fromMs, toMs }: Bar, nowMs: number): number => (toMs ?? nowMs) - fromMs;

/** What stands in the picture, the longest first: what has no room is said shorter. */
export function barWords(bar: Bar, nowMs: number): readonly string[] {
  const lasted = duration(lastedMs(bar, nowMs));
  switch (bar.lane) {
    case 'State':
      return [`${bar.name}, ${lasted}`, bar.name];
    case 'Session': {
      const id = bar.session ? shortId(bar.session) : '';
      return [`${id}  ${bar.name === 'active' ? 'recording' : bar.name}`, id];
    }
    case 'Gaps':
      return [lasted];
    case 'Faults':
      return [`${bar.of} ${bar.name}, ${lasted}`, bar.of];
  }
}

/** A bar in a sentence. */
export function explain({ lane, of, name, why, fromMs, toMs, count, session }: Bar, zone: Zone): string {
  const what =
    lane === 'Session'
      ? `session ${session ? shortId(session) : ''} ${name}`
      : lane === 'Faults'
        ? `${of} ${name}`
        : lane === 'Gaps'
          ? `gap: ${name}`
          : name;
  const lasted = toMs === null ? 'goes on' : duration(toMs - fromMs);
  return `${what}, from ${dayAndMinutes(fromMs, zone)}, ${lasted}${why && why !== name ? `: ${why}` : ''}${count > 1 ? ` (${count} together)` : ''}`;
}
