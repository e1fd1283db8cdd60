import { dayOf } from '../../database/day.ts';
import { overlap } from '../../reading/stretch.ts';
import type { MarketNames } from '../../reading/market-names.ts';
import type { Read } from '../../reading/read.ts';
import type { GapRecord, SessionId, StoreRecord } from '../../records.ts';
import { parquetMetadata } from '../describe-table.ts';
import { recordPages } from '../export-records.ts';
import { tables, type ExportedKind, type Table } from '../tables.ts';
import { coverageRows } from './dataset-coverage.ts';
import type { DatasetOptions, DatasetScope } from './dataset-options.ts';
import { dayEndMs, dayStartMs, hasPassed, liesIn, type DatasetPlan } from './dataset-plan.ts';
import { columnsOf, coverageKind } from './dataset-schema.ts';
import type { DatasetPart, PartSession } from './manifest.ts';
import { dayText } from './partition-path.ts';
import { PartitionWriter } from './partition-writer.ts';
import type { RowSpill } from './row-spill.ts';

export type PartSource = {
  readonly read: Read;
  readonly names: MarketNames;
  readonly folder: string;
  readonly scope: DatasetScope;
  readonly plan: DatasetPlan;
  /** The database's numbers of the markets wanted; `null`: all. */
  readonly wanted: ReadonlySet<number> | null;
  readonly bufferBytes: number;
  readonly spill: RowSpill;
  readonly onDamage: DatasetOptions['onDamage'];
  readonly signal: AbortSignal | undefined;
};

/** @param onRows how many more have been read */
export async function makePart(
  source: PartSource,
  { kind, day }: { readonly kind: string; readonly day: number },
  onRows: (rows: number) => void,
): Promise<DatasetPart> {
  const { read, folder, scope, plan, bufferBytes, spill, signal } = source;
  const here = plan.sessions.filter((session) => liesIn(session, day));
  const sessions: PartSession[] = [];
  const damaged: { session: SessionId; problem: string }[] = [];
  const columns = columnsOf(kind);
  const units = scope.units ?? undefined;
  const writer = new PartitionWriter(
    {
      folder,
      kind,
      day: dayText(day),
      columns,
      fileName: `part-0.${scope.format}`,
      codec: scope.format === 'zst.parquet' ? 'ZSTD' : 'SNAPPY',
      separator: scope.seriesSeparator,
      metadata: parquetMetadata({ name: kind, path: '', columns }, null, { ...(units && { units }) }),
      bufferBytes,
    },
    spill,
  );
  try {
    if (kind === coverageKind) {
      for await (const rows of coverageRows(read, plan, day, here, scope.markets)) {
        signal?.throwIfAborted();
        await writer.add(rows);
        onRows(rows.length);
      }
    }
    for (const session of here) {
      const { row, untilMs } = session;
      let records = 0;
      if (kind !== coverageKind) {
        const table = tables[kind as ExportedKind] as Table<StoreRecord>;
        for await (const page of recordsOf(source, kind as ExportedKind, day, row.id, untilMs, damaged)) {
          signal?.throwIfAborted();
          const rows = page.flatMap((record) => table.rows(record, row.id));
          records += page.reduce((sum, record) => sum + (isOfStore(record) ? 0 : 1), 0);
          await writer.add(rows);
          onRows(rows.length);
        }
      }
      const hadPassed = row.status === 'active' && hasPassed(session, day);
      sessions.push({ session: row.id, records, messages: row.messages, gaps: row.gaps, hadPassed });
    }
    const complete = dayEndMs(day) <= plan.nowMs && here.every((session) => hasPassed(session, day));
    const files = await writer.finish();
    return { kind, day: dayText(day), complete, sessions, damaged, files };
  } catch (error) {
    await writer.discard();
    throw error;
  } finally {
    await spill.remove();
  }
}

async function* recordsOf(
  { read, names, wanted, plan, onDamage }: PartSource,
  kind: ExportedKind,
  day: number,
  session: SessionId,
  untilMs: number,
  damaged: { session: SessionId; problem: string }[],
): AsyncGenerator<readonly StoreRecord[]> {
  const exported = overlap(plan.span, { fromMs: -Infinity, toMs: untilMs });
  const span = overlap(exported, { fromMs: dayStartMs(day), toMs: dayEndMs(day) });
  const keep =
    onDamage &&
    ((damage: { session: SessionId; problem: string }) => {
      damaged.push(damage);
      onDamage(damage);
    });
  for await (const page of recordPages({ read, names, session, markets: wanted, span }, kind, keep)) {
    yield kind === 'gaps' ? page.flatMap((record) => gapOfDay(record as GapRecord, day, plan.span.fromMs)) : page;
  }
}

const isOfStore = (record: StoreRecord): boolean => record.kind === 'gap' && record.cause === 'expired';

/**
 * A hole is named once, on the day on which it began, or on the first that is exported. What retention took is named on each day of which
 * it took something: other days may have been exported before.
 */
function gapOfDay(gap: GapRecord, day: number, firstMs: number): readonly GapRecord[] {
  if (!isOfStore(gap)) return dayOf(Math.max(gap.fromAtMs, firstMs)) === day ? [gap] : [];
  const { fromMs, toMs } = overlap(
    { fromMs: gap.fromAtMs, toMs: gap.toAtMs! },
    { fromMs: dayStartMs(day), toMs: dayEndMs(day) },
  );
  return fromMs < toMs ? [{ ...gap, fromAtMs: fromMs, toAtMs: toMs }] : [];
}
