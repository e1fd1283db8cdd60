// A spool in memory, for tests of what uses one. It refuses when it is told to, and forgets what it is told to have lost.
import type { SessionStoreError } from '../src/index.ts';
import type { Spool, SpoolEntry } from '../src/spool/spool.ts';

type Kept = { lastBatch: number; acknowledged: number; entries: SpoolEntry[]; notes: string[] };

export class MemorySpool implements Spool {
  /** Thrown by whatever would add something. */
  refusal: SessionStoreError | null = null;
  readonly maxBytes = 2 ** 30;
  readonly #sessions = new Map<string, Kept>();

  append(entry: SpoolEntry): void {
    if (this.refusal) throw this.refusal;
    const kept = this.#of(entry.session);
    kept.entries.push(entry);
    kept.lastBatch = entry.batch;
  }

  note(session: string, text: string): void {
    if (this.refusal) throw this.refusal;
    this.#of(session).notes.push(text);
  }

  async durable(): Promise<void> {
    if (this.refusal) throw this.refusal;
  }

  async read(session: string, { fromBatch = 0, maxBytes = 1 } = {}): Promise<readonly SpoolEntry[]> {
    const entries = this.#of(session).entries.filter(({ batch }) => batch >= fromBatch);
    let bytes = 0;
    return entries.filter(({ payload }) => {
      const isWanted = bytes < maxBytes;
      bytes += payload.length;
      return isWanted;
    });
  }

  async notes(session: string): Promise<readonly string[]> {
    return this.#of(session).notes;
  }

  acknowledge(session: string, throughBatch: number): void {
    this.#of(session).acknowledged = throughBatch;
    this.lose(session, ({ batch }) => batch <= throughBatch);
  }

  acknowledged(session: string): number {
    return this.#of(session).acknowledged;
  }

  forget(session: string): void {
    this.#sessions.delete(session);
  }

  depth() {
    const entries = [...this.#sessions.values()].flatMap((kept) => kept.entries);
    const records = entries.reduce((sum, entry) => sum + entry.records, 0);
    const bytes = entries.reduce((sum, { payload }) => sum + payload.length, 0);
    return { entries: entries.length, records, bytes, oldestAtMs: entries[0]?.atMs ?? null };
  }

  sessions() {
    return [...this.#sessions].map(([session, { lastBatch, entries }]) => ({
      session,
      lastBatch,
      records: entries.reduce((sum, { records }) => sum + records, 0),
    }));
  }

  async close(): Promise<void> {}

  /** As a disk loses them. */
  lose(session: string, isLost: (entry: SpoolEntry) => boolean): void {
    const kept = this.#of(session);
    kept.entries = kept.entries.filter((entry) => !isLost(entry));
  }

  #of(session: string): Kept {
    const kept = this.#sessions.get(session) ?? { lastBatch: 0, acknowledged: 0, entries: [], notes: [] };
    this.#sessions.set(session, kept);
    return kept;
  }
}
