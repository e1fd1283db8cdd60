// What a market's coverage comes to.

type Interval = {
  readonly fromMs: number;
  readonly toMs: number;
  readonly covered: boolean;
  readonly session: string | null;
};

/** From the first record on: what was before nobody meant to record. */
export function coveredOf(intervals: readonly Interval[]): { readonly coveredMs: number; readonly ofMs: number } {
  const first = intervals.findIndex(({ session }) => session !== null);
  const counted = first === -1 ? [] : intervals.slice(first);
  const length = ({ fromMs, toMs }: Interval): number => toMs - fromMs;
  return {
    coveredMs: counted.filter(({ covered }) => covered).reduce((sum, each) => sum + length(each), 0),
    ofMs: counted.reduce((sum, each) => sum + length(each), 0),
  };
}
