import { mutated, type Mutant } from './find-mutants.ts';
import type { PackageCopy } from './package-copy.ts';
import { runTests } from './run-tests.ts';

export type Verdict = {
  readonly mutant: Mutant;
  readonly outcome: 'killed' | 'survived' | 'timed out' | 'not reached';
  /** The first test that failed. */
  readonly by: string | null;
};

/** Tests of the first try together take about this long, so that most mutants cost little. */
const firstMs = 1500;
/** And those of all tries, if the first one alone does not take longer. */
const allMs = 30_000;
const mostTimeoutMs = 120_000;

/** @param tests those that may see it, the likeliest first, with how long each takes as it is */
export async function judgeMutant(
  copy: PackageCopy,
  mutant: Mutant,
  tests: readonly { readonly file: string; readonly ms: number }[],
): Promise<Verdict> {
  if (tests.length === 0) return { mutant, outcome: 'not reached', by: null };
  const whole = copy.read(mutant.file);
  copy.write(mutant.file, mutated(whole, mutant));
  try {
    for (const group of inGroups(tests)) {
      const usualMs = group.reduce((sum, { ms }) => sum + ms, 0);
      const files = group.map(({ file }) => file);
      const timeoutMs = Math.min(20_000 + 4 * usualMs, mostTimeoutMs);
      const { outcome, failed } = await runTests(copy, files, { timeoutMs, flags: ['--bail', '1'] });
      if (outcome === 'timed out') return { mutant, outcome, by: null };
      if (outcome === 'failed') return { mutant, outcome: 'killed', by: failed[0] ?? 'none could be loaded' };
    }
  } finally {
    copy.write(mutant.file, whole);
  }
  return { mutant, outcome: 'survived', by: null };
}

/** Few at first, then ever more. */
function inGroups<Test extends { readonly ms: number }>(tests: readonly Test[]): Test[][] {
  const groups: Test[][] = [];
  let limitMs = firstMs;
  let sumMs = Infinity;
  let leftMs = allMs;
  for (const test of tests) {
    if (groups.length > 0 && test.ms > leftMs) continue;
    leftMs -= test.ms;
    if (sumMs + test.ms > limitMs) {
      if (groups.length > 0) limitMs *= 4;
      groups.push([]);
      sumMs = 0;
    }
    groups.at(-1)!.push(test);
    sumMs += test.ms;
  }
  return groups;
}
