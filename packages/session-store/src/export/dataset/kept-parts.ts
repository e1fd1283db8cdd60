import type { DatasetPlan, PlannedSession } from './dataset-plan.ts';
import { dayStartMs, liesIn } from './dataset-plan.ts';
import type { DatasetPart, PartSession } from './manifest.ts';

/**
 * Whether a part that was made before is still all that there is to say of its day. `for good`: what the store has dropped since cannot be
 * made anew, and what the dataset has of it stays.
 */
export function isUpToDate(part: DatasetPart, day: number, plan: DatasetPlan): 'yes' | 'no' | 'for good' {
  const before = new Map(part.sessions.map((each) => [each.session, each]));
  const now = plan.sessions.filter((session) => liesIn(session, day));
  if (now.some(({ expiredBeforeMs }) => expiredBeforeMs !== null && expiredBeforeMs > dayStartMs(day)))
    return 'for good';
  return part.complete && now.every((session) => isAsBefore(before.get(session.row.id), session)) ? 'yes' : 'no';
}

function isAsBefore(before: PartSession | undefined, { row }: PlannedSession): boolean {
  if (!before) return false;
  return before.hadPassed || (before.messages === row.messages && before.gaps === row.gaps);
}
