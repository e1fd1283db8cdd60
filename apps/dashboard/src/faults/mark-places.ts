// Where the words of the strip's lines stand: beside their line, never over each other, and left out where there is no room.

export type MarkPlace = { readonly x: number; readonly align: 'left' | 'right' };

const GAP = 8;

/**
 * @param marks from left to right: where the line stands and how wide its words are
 * @param width of the picture
 * @returns a place for each; `null`: there is none
 */
export function markPlaces(
  marks: readonly { readonly x: number; readonly width: number }[],
  width: number,
): readonly (MarkPlace | null)[] {
  const taken: { readonly from: number; readonly to: number }[] = [];
  const places: (MarkPlace | null)[] = marks.map(() => null);
  const tryAt = (index: number, align: 'left' | 'right'): boolean => {
    const { x, width: words } = marks[index]!;
    const from = align === 'left' ? x + GAP : x - GAP - words;
    const to = from + words;
    // Words cross no other line.
    const crosses = marks.some((other, place) => place !== index && other.x > from - GAP && other.x < to + GAP);
    const isOver = taken.some((other) => from < other.to + GAP && to > other.from - GAP);
    if (from < 0 || to > width || crosses || isOver) return false;
    taken.push({ from, to });
    places[index] = { x: align === 'left' ? x + GAP : x - GAP, align };
    return true;
  };
  // The last says how it ended, the first when it began; what is between has what is left.
  const order = marks
    .map((_, index) => index)
    .toSorted((one, other) => weight(other, marks.length) - weight(one, marks.length));
  for (const index of order) {
    const isLast = index === marks.length - 1;
    const isFirst = index === 0;
    if (isLast || isFirst) void (tryAt(index, 'left') || tryAt(index, 'right'));
    else void (tryAt(index, 'right') || tryAt(index, 'left'));
  }
  return places;
}

const weight = (index: number, length: number): number => (index === length - 1 ? 2 : index === 0 ? 1 : 0);
