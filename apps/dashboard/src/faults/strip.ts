// One fault through time, from some seconds before it to now: what it did to frames, books, state, session and ledger. Pure: what
// is drawn, and what is said of it, comes of this.
import type { History, Span } from '../live/answers.ts';
import type { Injected } from './fault-times.ts';

export type StripMark = { readonly kind: 'break' | 'noticed' | 'healed'; readonly atMs: number };
/** `fromMs` and `toMs` lie in the strip; `lastedMs` is of the whole. */
export type StripSpan = {
  readonly fromMs: number;
  readonly toMs: number;
  readonly name: string;
  readonly lastedMs: number | null;
  readonly count: number;
  readonly session: string | null;
};
type StripSecond = {
  readonly atMs: number;
  readonly framesPerSecond: number;
  readonly books: number;
  readonly booksRight: number;
};
type Stretch = { readonly fromMs: number; readonly toMs: number };

export type Strip = Stretch & {
  /** What the seconds count from: the break, or now where there is none. */
  readonly zeroMs: number;
  readonly nowMs: number;
  readonly fault: Injected | null;
  readonly marks: readonly StripMark[];
  /** While the simulator did it, as far as that is known; `null`: it did nothing yet. */
  readonly on: Stretch | null;
  readonly seconds: readonly StripSecond[];
  readonly stepMs: number;
  /** No frame came for some seconds. */
  readonly silence: Stretch | null;
  /** Books were called right, and what was missed was not known yet. */
  readonly believed: Stretch | null;
  readonly states: readonly StripSpan[];
  readonly sessions: readonly StripSpan[];
  readonly holes: readonly StripSpan[];
};

const BEFORE_MS = 8_000;
/** It is followed for so long after all is right again. */
const AFTER_MS = 35_000;
/** Not less, so that a second is not as wide as the picture. */
const LEAST_AFTER_MS = 12_000;
const NOTHING_BROKEN_MS = 45_000;
const SILENT_MS = 2_000;

/** The part of time that is shown of a fault; without one the last seconds. */
export function stretchOf(fault: Injected | null, nowMs: number): Stretch {
  if (!fault) return { fromMs: nowMs - NOTHING_BROKEN_MS, toMs: nowMs };
  const { beginsAtMs, healedAtMs, endsAtMs, namedAs } = fault;
  const doneMs = healedAtMs ?? (namedAs === 'passed over' ? Math.min(endsAtMs, nowMs) : null);
  return {
    fromMs: beginsAtMs - BEFORE_MS,
    toMs: Math.max(Math.min(nowMs, (doneMs ?? nowMs) + AFTER_MS), beginsAtMs + LEAST_AFTER_MS),
  };
}

export function stripOf(
  fault: Injected | null,
  history: Pick<History, 'atMs' | 'stepMs' | 'framesPerSecond' | 'books' | 'booksStale'> | null,
  spans: readonly Span[],
  nowMs: number,
): Strip {
  const stretch = stretchOf(fault, nowMs);
  const stepMs = history?.stepMs ?? 1_000;
  const seconds = secondsOf(history, stretch);
  const of = (lane: string): readonly StripSpan[] =>
    spans.filter((span) => span.lane === lane).flatMap((span) => cut(span, stretch, nowMs));
  return {
    ...stretch,
    zeroMs: fault?.beginsAtMs ?? nowMs,
    nowMs,
    fault,
    marks: fault ? marksOf(fault, nowMs) : [],
    on: fault && onOf(fault, stretch, nowMs),
    seconds,
    stepMs,
    silence: fault && silenceOf(seconds, stepMs, fault),
    believed: fault && believedOf(fault, nowMs),
    states: of('state'),
    sessions: of('session'),
    holes: of('gap'),
  };
}

function secondsOf(history: Parameters<typeof stripOf>[1], { fromMs, toMs }: Stretch): readonly StripSecond[] {
  if (!history) return [];
  return history.atMs.flatMap((atMs, index) => {
    const framesPerSecond = history.framesPerSecond[index] ?? null;
    if (framesPerSecond === null || atMs + history.stepMs <= fromMs || atMs >= toMs) return [];
    const books = history.books[index] ?? 0;
    return [{ atMs, framesPerSecond, books, booksRight: books - (history.booksStale[index] ?? 0) }];
  });
}

function cut(span: Span, { fromMs, toMs }: Stretch, nowMs: number): readonly StripSpan[] {
  const endMs = Math.min(span.toMs ?? nowMs, toMs);
  if (endMs < fromMs || span.fromMs > toMs) return [];
  const { name, count, session } = span;
  const lastedMs = span.toMs === null ? null : span.toMs - span.fromMs;
  return [{ fromMs: Math.max(span.fromMs, fromMs), toMs: endMs, name, lastedMs, count, session }];
}

function marksOf({ beginsAtMs, noticedAtMs, healedAtMs }: Injected, nowMs: number): readonly StripMark[] {
  const marks: StripMark[] = beginsAtMs <= nowMs ? [{ kind: 'break', atMs: beginsAtMs }] : [];
  if (noticedAtMs !== null) marks.push({ kind: 'noticed', atMs: Math.max(noticedAtMs, beginsAtMs) });
  if (healedAtMs !== null) marks.push({ kind: 'healed', atMs: Math.max(healedAtMs, beginsAtMs) });
  return marks;
}

function onOf({ beginsAtMs, endsAtMs, state }: Injected, { toMs }: Stretch, nowMs: number): Stretch | null {
  if (beginsAtMs > nowMs) return null;
  const endMs = state === 'spent' ? beginsAtMs : Math.min(endsAtMs, toMs, nowMs);
  return { fromMs: beginsAtMs, toMs: Math.max(endMs, beginsAtMs) };
}

/** The longest time without a frame that touches the fault, and began before all was right again. */
function silenceOf(seconds: readonly StripSecond[], stepMs: number, fault: Injected): Stretch | null {
  let longest: Stretch | null = null;
  let longestMs = SILENT_MS;
  let sinceMs: number | null = null;
  for (const { atMs, framesPerSecond } of seconds) {
    if (framesPerSecond > 0) {
      sinceMs = null;
      continue;
    }
    sinceMs ??= atMs;
    const toMs = atMs + stepMs;
    if (sinceMs >= (fault.healedAtMs ?? Infinity)) break;
    if (toMs <= fault.beginsAtMs || toMs - sinceMs <= longestMs) continue;
    longest = { fromMs: sinceMs, toMs };
    longestMs = toMs - sinceMs;
  }
  return longest;
}

function believedOf({ beginsAtMs, noticedAtMs, namedAs, hits }: Injected, nowMs: number): Stretch | null {
  // What did nothing yet, or nothing that was missed, made no book wrong.
  if (namedAs === 'passed over' || (noticedAtMs === null && (hits === null || hits === 0))) return null;
  const toMs = noticedAtMs ?? nowMs;
  return toMs > beginsAtMs ? { fromMs: beginsAtMs, toMs } : null;
}
