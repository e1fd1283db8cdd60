/** The name that was probably meant: the one that takes the fewest typing mistakes, if those are few. */
export function nearestName(typed: string, names: readonly string[]): string | undefined {
  const wanted = typed.toLowerCase();
  const ranked = names
    .map((name) => ({ name, mistakes: mistakesBetween(wanted, name.toLowerCase()) }))
    .toSorted((a, b) => a.mistakes - b.mistakes);
  const [best] = ranked;
  return best && best.mistakes <= Math.max(1, Math.floor(typed.length / 3)) ? best.name : undefined;
}

/** Letters to insert, leave out or change (Levenshtein's distance). */
function mistakesBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let index = 0; index < a.length; index++) {
    const next = [index + 1];
    for (let at = 1; at <= b.length; at++) {
      const changed = (row[at - 1] ?? 0) + Number(a[index] !== b[at - 1]);
      next.push(Math.min(changed, (row[at] ?? 0) + 1, (next[at - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
