// Rows of the document are used again: making one costs many times as much as writing other words into it.

/**
 * @param before what each row shows now, in the order of the document
 * @param wanted what is to be shown, in the order of the table
 * @returns for each of `wanted` the place in `before` of the row to use; `null`: make one. A row that shows it already is used for it
 */
export function reusedRows(before: readonly string[], wanted: readonly string[]): readonly (number | null)[] {
  const places = new Map(before.map((market, place) => [market, place]));
  const kept = new Set(wanted.flatMap((market) => places.get(market) ?? []));
  const free = [...before.keys()].filter((place) => !kept.has(place)).values();
  return wanted.map((market) => places.get(market) ?? free.next().value ?? null);
}
