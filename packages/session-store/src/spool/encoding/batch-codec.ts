// Batches to bytes and back. The layout is described in `part-format.ts`.
import type { GapRecord } from '../../records.ts';
import { Collector, type Batch } from '../../batch/collector.ts';
import { decodePart } from './part-decoder.ts';
import type { Ordinals } from './part-format.ts';

export { decodePart } from './part-decoder.ts';
export { PartEncoder } from './part-encoder.ts';

/**
 * The batch that these parts were made from, field by field: the same chunks, so the same keys.
 *
 * @param parts all that there are of batch `ordinal`, in order
 * @throws {SessionStoreError} SPOOL_DAMAGED, or RECORD_INVALID when the parts do not belong together
 */
export function rebuildBatch(ordinal: number, parts: Iterable<Uint8Array>): Batch | null {
  const collector = new Collector();
  let first: Ordinals | null = null;
  for (const bytes of parts) {
    const part = decodePart(bytes);
    first ??= part.first;
    for (const [index, record] of part.records.entries()) {
      const shed = part.shed.get(index);
      if (shed !== undefined) collector.addShedRange({ record: record as GapRecord, shed });
      else collector.add(record);
    }
  }
  const batch = collector.cut();
  if (!batch || !first) return null;
  const { trades, raw, gaps } = first;
  // A collector counts from 0, but this batch is somewhere in the middle of its session.
  return {
    ...batch,
    ordinal,
    trades: batch.trades.map((chunk) => Object.assign(chunk, { firstOrdinal: chunk.firstOrdinal + trades })),
    raw: batch.raw.map((entry) => ({ ...entry, ordinal: entry.ordinal + raw })),
    gaps: batch.gaps.map((entry) => ({ ...entry, ordinal: entry.ordinal + gaps })),
  };
}
