// A storm: faults of every group, one every few seconds, each of them short. The same seed gives the same storm.
import type { Faults } from '../live/answers.ts';

type Named = Pick<Faults['names'][number], 'name' | 'group' | 'untilMs'>;

export type StormStep = {
  /** Since the storm began. */
  readonly atMs: number;
  readonly name: Named['name'];
  /** How long it goes on. */
  readonly untilMs: number;
};

export const STORM_MS = 60_000;

const [SOONEST_MS, LATEST_MS] = [2_000, 5_000];
/** Of what is on at once there is a bound; and what heals is to be seen before the storm is over. */
const LONGEST_MS = 8_000;
/** What ends markets for good is no weather. */
const NEVER: ReadonlySet<string> = new Set(['no-open-markets']);

/** @param seed an integer */
export function stormPlan(names: readonly Named[], seed: number): readonly StormStep[] {
  const random = randomOf(seed);
  const groups = Map.groupBy(
    names.filter(({ name }) => !NEVER.has(name)),
    ({ group }) => group,
  );
  // Each group as often as the others, however many kinds it has.
  const choices = [...groups.values()];
  const steps: StormStep[] = [];
  if (choices.length === 0) return steps;
  for (let atMs = 0; atMs < STORM_MS; atMs += SOONEST_MS + Math.floor(random() * (LATEST_MS - SOONEST_MS))) {
    const group = pick(choices, random());
    const { name, untilMs } = pick(group, random());
    steps.push({ atMs, name, untilMs: Math.min(untilMs, LONGEST_MS, STORM_MS - atMs) });
  }
  return steps;
}

/** @param random from 0 to below 1 */
const pick = <Item>(items: readonly Item[], random: number): Item => items[Math.floor(random * items.length)]!;

/** Numbers from 0 to below 1 (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
