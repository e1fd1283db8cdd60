import { describe, expect, test } from 'vitest';
import type { SpoolDamage, SpooledEntry } from './spool.ts';
import { encodeControl } from './spool-control.ts';
import { SpooledBatches } from './spooled-batch.ts';

const part = (position: number, batch: number): SpooledEntry => ({
  position,
  session: 'mine',
  batch,
  records: 1,
  atMs: 0,
  payload: new Uint8Array([1, position]),
});

const owner = (position: number, batch: number): SpooledEntry => ({
  ...part(position, batch),
  records: 0,
  payload: encodeControl({ kind: 'owner', owner: 'host/1/x/y' }),
});

const hole = (firstPosition: number, over: Partial<SpoolDamage> = {}): SpoolDamage => ({
  reason: 'missing',
  bytes: 0,
  firstPosition,
  lastPosition: firstPosition,
  before: null,
  after: null,
  keptAs: null,
  ...over,
});

const neighbour = (session: string) => ({ session, batch: 1, atMs: 0 });

/** Per batch its ordinal, and for each part its position, negative behind a hole. */
const sorted = (entries: readonly SpooledEntry[], damage: readonly SpoolDamage[] = [], lastBatch = 0) => {
  const batches = new SpooledBatches('mine', damage, lastBatch);
  const done = entries.map((entry) => batches.add(entry));
  return [...done, batches.take()]
    .filter((batch) => batch !== null)
    .map(({ ordinal, parts }) => [
      ordinal,
      ...parts.map(({ payload, afterHole }) => (afterHole ? -1 : 1) * payload[1]!),
    ]);
};

describe('the entries of a session', () => {
  test('make batches, complete or not, and their owner and end make none', () => {
    const end = { status: 'closed', reason: 'done', endedAtMs: 7 } as const;
    const ended = { ...part(9, 3), records: 0, payload: encodeControl({ kind: 'end', end }) };
    const batches = new SpooledBatches('mine', [], 0);
    for (const entry of [owner(1, 1), part(2, 1), part(4, 1)]) expect(batches.add(entry)).toBe(null);
    expect(batches.add(owner(5, 2))).toMatchObject({ ordinal: 1, parts: [{}, {}] });
    batches.add(part(6, 2));
    expect(batches.add(ended)).toMatchObject({ ordinal: 2, parts: [{}] });
    expect(batches.take()).toBe(null);
    expect(batches.end).toEqual(end);
  });

  test('show where something is missing: a batch, or what the log has lost', () => {
    expect(sorted([owner(1, 1), part(2, 1), owner(8, 3), part(9, 3)])).toEqual([
      [1, 2],
      [3, -9],
    ]);
    expect(sorted([owner(1, 1), part(2, 1), part(5, 1), part(6, 1)], [hole(3)])).toEqual([[1, 2, -5, 6]]);
  });

  test('have nothing missing where the log lost what others wrote before them', () => {
    const lost = hole(1, { before: neighbour('theirs'), after: neighbour('mine') });
    expect(sorted([owner(3, 1), part(4, 1)], [lost])).toEqual([[1, 4]]);
    // Without its owner in front, its own beginning is what was lost.
    expect(sorted([part(4, 1)], [lost])).toEqual([[1, -4]]);
  });

  test('may end in a hole', () => {
    const batches = new SpooledBatches('mine', [hole(5, { before: neighbour('mine') })], 0);
    batches.add(part(4, 1));
    expect(batches.endsInHole).toBe(true);
    // Whoever recovers it has put its name behind.
    batches.add(owner(6, 1));
    expect(batches.endsInHole).toBe(true);
    expect(new SpooledBatches('mine', [hole(5, { before: neighbour('theirs') })], 0).endsInHole).toBe(false);
  });
});
