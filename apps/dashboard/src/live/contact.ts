// Whether the trader is there, and how old what is shown is. What is old is never shown as live: a socket that is silent
// for longer than the trader ever is counts as lost, whatever the network says of it.

export type Contact =
  | { readonly kind: 'connecting'; readonly sinceMs: number }
  | { readonly kind: 'live' }
  /** `why` in the words of who watches; `nextTryAtMs`: of the monotonic clock, `null` while it is tried. */
  | { readonly kind: 'lost'; readonly sinceMs: number; readonly why: string; readonly nextTryAtMs: number | null }
  | { readonly kind: 'token-needed'; readonly wasRefused: boolean };

/** The trader tells its status each second. */
export const SILENT_AFTER_MS = 5_000;

const [FIRST_DELAY_MS, LONGEST_DELAY_MS] = [500, 10_000];

/**
 * Before the next try to connect.
 *
 * @param failures tries that failed, one after the other; at least 1
 * @param random from 0 to 1: pages that lost the same trader do not all come back at once
 */
export const retryDelayMs = (failures: number, random: number): number =>
  Math.min(FIRST_DELAY_MS * 2 ** (failures - 1), LONGEST_DELAY_MS) * (0.75 + random / 2);

/** What the code of a closed socket means. */
export function whyClosed(code: number): string {
  if (code === 1_001) return 'The trader stops.';
  if (code === 1_006) return 'The connection broke.';
  return `The socket closed with ${code}.`;
}

/**
 * What is to be said when contact is there again.
 *
 * @param missed events that nobody can tell any more; `null`: those of another process are asked about
 */
export function noticeOf(missed: number | null): string | null {
  if (missed === null) return 'The trader was started anew. Everything here is from the new process.';
  if (missed === 0) return null;
  return `${missed} ${missed === 1 ? 'event' : 'events'} came while there was no contact and are no longer kept. Everything else was asked for again.`;
}
