// Repeated warnings, told once. The first few of a kind are written as they come; the rest of a window are counted, and one
// line at its end says how many there were. Nothing is lost without a number.

export type RateLimitRules = {
  /** Lines of a kind that are written in a window. */
  readonly burst: number;
  readonly windowMs: number;
  /** Kinds that are told apart at once; of further ones every line is written. Bounds the memory. */
  readonly maxKinds: number;
};

type Kind = { readonly untilMs: number; written: number; held: number };

export type RateLimitState = { readonly rules: RateLimitRules; readonly kinds: Map<string, Kind> };

/** Lines of a kind that were held back in the last `overMs`. */
export type Held = { readonly kind: string; readonly count: number; readonly overMs: number };

export const initialRateLimit = (rules: RateLimitRules): RateLimitState => ({ rules, kinds: new Map() });

/** Whether a line is written. `atMs` here and below is of the monotonic clock. Changes the state in place. Ask `windowsOver` before, so that counts come in order. */
export function takeLine({ rules, kinds }: RateLimitState, kind: string, atMs: number): boolean {
  let known = kinds.get(kind);
  if (!known) {
    if (kinds.size >= rules.maxKinds) return true;
    known = { untilMs: atMs + rules.windowMs, written: 0, held: 0 };
    kinds.set(kind, known);
  }
  if (known.written < rules.burst) {
    known.written++;
    return true;
  }
  known.held++;
  return false;
}

/** Ends the windows that are over, or all of them, and says what each held back. A kind that goes on begins a new one. */
export function windowsOver({ rules, kinds }: RateLimitState, atMs: number, all = false): Held[] {
  const held: Held[] = [];
  for (const [kind, { untilMs, held: count }] of kinds) {
    if (!all && untilMs > atMs) continue;
    kinds.delete(kind);
    const overMs = Math.max(0, Math.min(rules.windowMs, atMs - (untilMs - rules.windowMs)));
    if (count > 0) held.push({ kind, count, overMs });
  }
  return held;
}

/** When the first window that held something back is over; `null` if none did. */
export function nextWindowEndMs({ kinds }: RateLimitState): number | null {
  let next: number | null = null;
  for (const { untilMs, held } of kinds.values()) if (held > 0 && (next === null || untilMs < next)) next = untilMs;
  return next;
}

/** Lines that differ only in numbers and names in capitals (tickers, codes) are of one kind. */
export const kindOf = (level: number, code: unknown, message: string): string =>
  `${level} ${typeof code === 'string' ? code : ''} ${message.replace(/\b[A-Z0-9][A-Z0-9.-]*\d[A-Z0-9.-]*\b|\d+/g, '#').slice(0, 200)}`;
