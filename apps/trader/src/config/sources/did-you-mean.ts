// Suggestions for names that are nearly right.

/** The name that `given` most likely meant: at most two slips away and most of it right; `null` if there is none. */
export function didYouMean(given: string, names: readonly string[]): string | null {
  const plain = (name: string): string => name.toLowerCase().replace(/[_-]/g, '');
  let best: { readonly name: string; readonly slips: number } | null = null;
  for (const name of names) {
    const slips = distance(plain(given), plain(name));
    if (slips <= Math.min(2, name.length / 3) && slips < (best?.slips ?? Infinity)) best = { name, slips };
  }
  return best?.name ?? null;
}

/** Levenshtein's: letters to insert, remove or replace. */
function distance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 0; row < from.length; row++) {
    const current = [row + 1];
    for (let column = 0; column < to.length; column++) {
      const replaced = previous[column]! + (from[row] === to[column] ? 0 : 1);
      current.push(Math.min(replaced, previous[column + 1]! + 1, current[column]! + 1));
    }
    previous = current;
  }
  return previous.at(-1)!;
}
