// Which connection a fault is of: what breaks a connection breaks the newest, so that one sees another take its place; what breaks
// frames breaks those of all.
import type { Faults } from '../live/answers.ts';

/** `null`: as it is best for the kind. */
export type Aim = number | 'all' | null;

type Named = Pick<Faults['names'][number], 'group' | 'takesConnection'>;

/** What is sent as `connection`; `null`: all. @param connections that are open, the newest last */
export function connectionOf(
  { group, takesConnection }: Named,
  aim: Aim,
  connections: readonly number[],
): number | null {
  if (!takesConnection || aim === 'all') return null;
  // One that is gone cannot be broken any more.
  if (aim !== null && connections.includes(aim)) return aim;
  return group === 'connections' ? (connections.at(-1) ?? null) : null;
}
