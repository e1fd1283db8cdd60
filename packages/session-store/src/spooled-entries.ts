import type { SpooledBatch, SpooledBatches } from './core/spooled-batch.ts';
import type { Spool, SpooledEntry } from './spool.ts';

/** All that waits in a spool, in order, a little at a time. @throws {SessionStoreError} SPOOL_FAILED, SPOOL_CLOSED */
export async function* spooledEntries(spool: Spool): AsyncGenerator<SpooledEntry> {
  for (let from = 0; ;) {
    const entries = await spool.read({ from });
    if (entries.length === 0) return;
    yield* entries;
    from = entries.at(-1)!.position + 1;
  }
}

/** The batches of one session, in order: the one that `batches` is for. */
export async function* spooledBatches(spool: Spool, batches: SpooledBatches): AsyncGenerator<SpooledBatch> {
  for await (const entry of spooledEntries(spool)) {
    const done = entry.session === batches.session ? batches.add(entry) : null;
    if (done) yield done;
  }
  const last = batches.take();
  if (last) yield last;
}
