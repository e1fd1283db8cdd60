import type { FactRecord, SnapshotRecord, StoreRecord } from '../records.ts';
import type { FactEntry } from './fact-entry.ts';

// What a record keeps in this process until it is committed, in V8 on 64 bits with its slack: a delta's or a trade's column
// elements (8 bytes each, arrays grow by half), an object with its fields, a level's two-element array.
const deltaBytes = 90;
const tradeBytes = 120;
const objectBytes = 120;
const levelBytes = 60;
/** As long as a string holds one character beyond Latin-1, all of them take two. */
const characterBytes = 2;

/**
 * Roughly the memory that `record` takes while it waits; on disk it takes a small part of that. Meant to bound memory, so it
 * errs on the high side. Market names, which a batch holds once each, are not counted.
 */
export function recordBytes(record: Exclude<StoreRecord, FactRecord>): number {
  switch (record.kind) {
    case 'delta':
      return deltaBytes;
    case 'trade':
      return tradeBytes + characterBytes * record.tradeId.length;
    case 'snapshot':
      return bookBytes(record);
    case 'raw':
      return objectBytes + characterBytes * record.text.length;
    case 'gap':
      return objectBytes + characterBytes * record.cause.length;
  }
}

export const bookBytes = ({ yes, no }: Pick<SnapshotRecord, 'yes' | 'no'>): number =>
  objectBytes + levelBytes * (yes.length + no.length);

export const factBytes = ({ data }: FactEntry): number => objectBytes + characterBytes * data.length;
