// What lasted lately in this process, a lane for each thing that can be one way at a time. Bounded by lane: a component that
// flaps pushes out none of the states.

export type LoggedSpan = {
  readonly lane: string;
  readonly name: string;
  readonly fromMs: number;
  /** `null`: it goes on. */
  readonly toMs: number | null;
  readonly why: string | null;
  readonly session: string | null;
};

/** Most that are kept of a lane. */
const SPANS_KEPT = 500;
/** Longest reason, in characters. */
const LONGEST_WHY = 500;

export class SpanLog {
  readonly #lanes = new Map<string, LoggedSpan[]>();

  /** Ends what the lane has, and begins another, or nothing (`null`). @param atMs on a clock that never goes back */
  turn(lane: string, atMs: number, next: Pick<LoggedSpan, 'name' | 'why' | 'session'> | null): void {
    const spans = this.#lanes.get(lane) ?? [];
    this.#lanes.set(lane, spans);
    const last = spans.at(-1);
    if (last && last.toMs === null) spans[spans.length - 1] = { ...last, toMs: atMs };
    if (!next) return;
    spans.push({ lane, fromMs: atMs, toMs: null, ...next, why: next.why?.slice(0, LONGEST_WHY) ?? null });
    if (spans.length > SPANS_KEPT) spans.shift();
  }

  get spans(): readonly LoggedSpan[] {
    return [...this.#lanes.values()].flat();
  }
}
