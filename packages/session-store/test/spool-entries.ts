// Entries that say of themselves whether they are whole and in their place.
import { isDeepStrictEqual } from 'node:util';
import type { FileSpoolOptions } from '../src/spool/log/file-spool-options.ts';
import { openFileSpool } from '../src/spool/log/file-spool.ts';
import type { Spool, SpoolDamage, SpooledEntry, SpoolEntry } from '../src/spool/spool.ts';

/** The `index`-th entry of a session: 4 to a batch, 10 records each, a payload made of its index. */
export function entryOf(index: number, { session = 'session-1', bytes = 200 } = {}): SpoolEntry {
  const payload = new Uint8Array(bytes).fill(index % 251);
  new DataView(payload.buffer).setUint32(0, index);
  return { session, batch: Math.floor(index / 4) + 1, records: 10, atMs: 1_785_901_540_000 + index, payload };
}

/** Which entry this is. @throws when it is not byte for byte what `entryOf` made */
export function indexOf({ session, batch, records, atMs, payload }: SpooledEntry): number {
  const index = new DataView(payload.buffer, payload.byteOffset).getUint32(0);
  const made = entryOf(index, { session, bytes: payload.length });
  if (!isDeepStrictEqual({ session, batch, records, atMs, payload }, made)) {
    throw new Error(`What looks like entry ${index} is not what was written: batch ${batch}, ${payload.length} bytes.`);
  }
  return index;
}

/** All that waits in the spool, a little at a time. */
export async function readAll(spool: Spool, maxBytes = 1000): Promise<SpooledEntry[]> {
  const entries: SpooledEntry[] = [];
  for (let from = 0; ;) {
    const some = await spool.read({ from, maxBytes });
    if (some.length === 0) return entries;
    entries.push(...some);
    from = some.at(-1)!.position + 1;
  }
}

/** A spool that syncs with every write, and the damage that it has reported. */
export async function openReporting(
  options: FileSpoolOptions,
): Promise<{ readonly spool: Spool; readonly damage: SpoolDamage[] }> {
  const damage: SpoolDamage[] = [];
  const spool = await openFileSpool({ syncEveryMs: 0, onDamage: (hole) => damage.push(hole), ...options });
  return { spool, damage };
}

export const codeOf = (error: unknown): unknown => (error as { code?: unknown } | null)?.code;
