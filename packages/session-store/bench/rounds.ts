/** Each contender once per round, in turn, so that all of them meet the same weather. The first round warms up and is dropped. */
export async function interleave<C, R>(
  contenders: readonly C[],
  rounds: number,
  measure: (contender: C) => R | Promise<R>,
): Promise<Map<C, R[]>> {
  const results = new Map<C, R[]>(contenders.map((contender) => [contender, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const contender of contenders) {
      const result = await measure(contender);
      if (round > 0) results.get(contender)!.push(result);
    }
  }
  return results;
}

/** The value below which a share of them lies. */
export function quantile(values: Iterable<number>, share: number): number {
  const sorted = Float64Array.from(values).toSorted();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export const median = (values: Iterable<number>): number => quantile(values, 0.5);

/** The median of one figure over the rounds. */
export const medianOf = <R>(results: readonly R[], figure: (result: R) => number): number =>
  median(results.map(figure));
