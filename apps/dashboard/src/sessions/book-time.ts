// Which time of a session is looked at, when its book is opened.

type Spans = readonly { readonly fromMs: number; readonly toMs: number | null }[];
type Stretch = { readonly fromMs: number; readonly toMs: number };

const within = (ms: number, { fromMs, toMs }: Stretch): number => Math.round(Math.min(Math.max(ms, fromMs), toMs));

/** Where somebody most likely wants to look: the begin of the longest hole, or the middle. */
export function firstLook({ spans, ...stretch }: Stretch & { readonly spans: Spans }): number {
  const lasted = ({ fromMs, toMs }: Spans[number]): number => (toMs ?? stretch.toMs) - fromMs;
  const [longest] = spans.toSorted((one, other) => lasted(other) - lasted(one));
  return within(longest?.fromMs ?? (stretch.fromMs + stretch.toMs) / 2, stretch);
}

/** @param share of the strip from its left, 0 to 1 */
export const timeAt = (share: number, stretch: Stretch): number =>
  within(stretch.fromMs + share * (stretch.toMs - stretch.fromMs), stretch);

/** How far an arrow key moves: a two-hundredth, in whole seconds where that is more than one. */
export function lookStepMs({ fromMs, toMs }: Stretch): number {
  const part = (toMs - fromMs) / 200;
  return part < 1_000 ? Math.max(Math.round(part), 1) : Math.round(part / 1_000) * 1_000;
}
