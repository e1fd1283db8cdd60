import type { Batch } from './collector.ts';
import { dayOf } from '../database/day.ts';

/** The days that a batch's rows lie in; each row lies in one. */
export function batchDays({ chunks, snapshots, trades, raw, facts }: Batch): readonly number[] {
  const days = new Set<number>();
  for (const { receivedAtMs } of chunks) days.add(dayOf(receivedAtMs));
  for (const { record } of snapshots) days.add(dayOf(record.receivedAtMs));
  for (const { receivedAtMs } of trades) days.add(dayOf(receivedAtMs));
  for (const { record } of raw) days.add(dayOf(record.receivedAtMs));
  for (const { receivedAtMs } of facts) days.add(dayOf(receivedAtMs));
  return [...days];
}
