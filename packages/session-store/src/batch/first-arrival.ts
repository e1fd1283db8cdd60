type Arrived = readonly { readonly receivedAtMs: number }[];
type Kept<Record> = readonly { readonly record: Record }[];

/** Of a batch. */
type Content = {
  readonly chunks: Arrived;
  readonly trades: Arrived;
  readonly facts: Arrived;
  readonly snapshots: Kept<{ readonly receivedAtMs: number }>;
  readonly raw: Kept<{ readonly receivedAtMs: number }>;
  readonly gaps: Kept<{ readonly fromAtMs: number; readonly toAtMs?: number | null | undefined }>;
};

/** When the first of its records arrived, ms since the epoch; `Infinity` without any. A hole arrives when its end is known. */
export function firstArrival({ chunks, snapshots, trades, raw, facts, gaps }: Content): number {
  let first = Infinity;
  for (const { receivedAtMs } of chunks) first = Math.min(first, receivedAtMs);
  for (const { receivedAtMs } of trades) first = Math.min(first, receivedAtMs);
  for (const { record } of snapshots) first = Math.min(first, record.receivedAtMs);
  for (const { record } of raw) first = Math.min(first, record.receivedAtMs);
  for (const { receivedAtMs } of facts) first = Math.min(first, receivedAtMs);
  for (const { record } of gaps) first = Math.min(first, record.toAtMs ?? record.fromAtMs);
  return first;
}
