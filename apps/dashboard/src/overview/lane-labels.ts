// Where words stand in a lane: in their bar, or right of it, or left, where nothing else is; the weightiest first, and those for
// which there is no room not at all.

export type Labelled = {
  /** Of the bar. */
  readonly x: number;
  readonly width: number;
  /** Of its words; 0: it has none. */
  readonly words: number;
  readonly weight: number;
};

const [INSIDE, BESIDE, BETWEEN] = [8, 6, 4];

/** @returns where the words of each begin; `null`: there is no room */
export function labelPlaces(
  bars: readonly Labelled[],
  width: number,
  /** Bars that words do not stand over. */
  isInTheWay: (bar: Labelled) => boolean = () => true,
): readonly (number | null)[] {
  const places: (number | null)[] = bars.map(() => null);
  const taken: { readonly from: number; readonly to: number }[] = [];
  const order = bars.map((_, index) => index).toSorted((one, other) => bars[other]!.weight - bars[one]!.weight);
  for (const index of order) {
    const bar = bars[index]!;
    if (bar.words === 0) continue;
    const isInside = bar.words + 2 * INSIDE <= bar.width;
    const hides = (from: number, other: { readonly from: number; readonly to: number }): boolean =>
      from < other.to + BETWEEN && from + bar.words > other.from - BETWEEN;
    const isFree = (from: number): boolean =>
      from >= 0 &&
      from + bar.words <= width &&
      !taken.some((other) => hides(from, other)) &&
      !bars.some(
        (other, place) =>
          place !== index && isInTheWay(other) && hides(from, { from: other.x, to: other.x + other.width }),
      );
    const candidates = isInside ? [bar.x + INSIDE] : [bar.x + bar.width + BESIDE, bar.x - BESIDE - bar.words];
    const from = candidates.find(isFree);
    if (from === undefined) continue;
    taken.push({ from, to: from + bar.words });
    places[index] = from;
  }
  return places;
}
