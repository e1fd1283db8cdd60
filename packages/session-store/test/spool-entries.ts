// Batches that say of themselves whether they are whole and in their place.
import { isDeepStrictEqual } from 'node:util';
import type { Spool, SpoolEntry } from '../src/spool/spool.ts';

/** The `index`-th batch of a session, from 0: 10 records, a payload made of its index, in all kinds of characters. */
export function entryOf(index: number, { session = 'session-1', bytes = 200 } = {}): SpoolEntry {
  const payload = `${index} ${String.fromCharCode(0x21 + ((index * 7) % 0x300)).repeat(bytes)}`.slice(0, bytes);
  return { session, batch: index + 1, records: 10, atMs: 1_785_901_540_000 + index, payload };
}

/** Which batch this is. @throws when it is not character for character what `entryOf` made */
export function indexOf(entry: SpoolEntry): number {
  const index = entry.batch - 1;
  const made = entryOf(index, { session: entry.session, bytes: entry.payload.length });
  if (!isDeepStrictEqual(entry, made)) {
    throw new Error(
      `What looks like batch ${entry.batch} is not what was written: ${entry.payload.length} characters.`,
    );
  }
  return index;
}

/** All that waits of one session, a little at a time. */
export async function readSession(spool: Spool, session: string, maxBytes = 1000): Promise<SpoolEntry[]> {
  const entries: SpoolEntry[] = [];
  for (let fromBatch = 1; ;) {
    const some = await spool.read(session, { fromBatch, maxBytes });
    if (some.length === 0) return entries;
    entries.push(...some);
    fromBatch = some.at(-1)!.batch + 1;
  }
}

/** All that waits, one session after the other. */
export async function readAll(spool: Spool, maxBytes = 1000): Promise<SpoolEntry[]> {
  const entries: SpoolEntry[] = [];
  for (const { session } of spool.sessions()) entries.push(...(await readSession(spool, session, maxBytes)));
  return entries;
}

export const codeOf = (error: unknown): unknown => (error as { code?: unknown } | null)?.code ?? null;
