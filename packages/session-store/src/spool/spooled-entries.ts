import type { SpooledBatch, SpooledBatches } from './spooled-batch.ts';
import type { Spool, SpoolEntry, SpooledEntry } from './spool.ts';

/** All that waits in a spool, in order, a little at a time. @throws {SessionStoreError} SPOOL_FAILED, SPOOL_CLOSED */
export async function* spooledEntries(spool: Spool): AsyncGenerator<SpooledEntry> {
  for (let from = 0; ;) {
    const entries = await spool.read({ from });
    if (entries.length === 0) return;
    yield* entries;
    from = entries.at(-1)!.position + 1;
  }
}

/**
 * The batches of one session, in order: the one that `batches` is for.
 *
 * @param left what comes behind those of the spool, as it has not taken them
 */
export async function* spooledBatches(
  spool: Spool,
  batches: SpooledBatches,
  left: readonly SpoolEntry[] = [],
): AsyncGenerator<SpooledBatch> {
  for await (const entry of spooledEntries(spool)) {
    const done = entry.session === batches.session ? batches.add(entry) : null;
    if (done) yield done;
  }
  for (const entry of left) {
    const done = batches.add({ ...entry, position: Number.MAX_SAFE_INTEGER });
    if (done) yield done;
  }
  const last = batches.take();
  if (last) yield last;
}
