// What compaction takes next by itself.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findDue, freshChunks, listFresh, type DueLimits } from '../src/compaction/fresh-chunks.ts';
import { PostgresEngine } from '../src/database/engines/postgres-engine.ts';
import { createSessionStore, type RecordingSession, type SessionStore } from '../src/index.ts';
import { systemRuntime } from '../src/runtime.ts';
import { dayMs } from '../src/database/day.ts';
import { delta } from './contract.ts';
import { newDatabase } from './databases.ts';

let store: SessionStore;
let engine: PostgresEngine;
const beganAtMs = Date.now() - 30 * dayMs;
const sessions: Record<string, RecordingSession> = {};

/** By recorder: a day from one's first delta to the next one's, and five between those of one. */
beforeAll(async () => {
  const url = await newDatabase();
  store = await createSessionStore({ url, compaction: { everyMs: 86_400_000 } });
  engine = new PostgresEngine(url, 15_000, systemRuntime);
  for (const [index, recorder] of ['closed', 'one', 'three'].entries()) {
    const session = await store.openSession({ recorder });
    sessions[recorder] = session;
    const count = recorder === 'three' ? 3 : 1;
    for (let seq = 1; seq <= count; seq++) {
      session.append(delta(seq, { receivedAtMs: beganAtMs + (index + 5 * (seq - 1)) * dayMs }));
      await session.flush();
    }
  }
  await sessions['closed']!.close({ status: 'closed', reason: 'test' });
});

afterAll(async () => {
  await engine.close();
  await store.close();
});

const ids = (...recorders: string[]) => new Set(recorders.map((recorder) => sessions[recorder]!.id));
const recorderOf = (id: string | undefined) => Object.keys(sessions).find((name) => sessions[name]!.id === id) ?? null;
const nothingIsOld: DueLimits = { afterMs: 1e13, records: 1000 };

const due = async (limits: Partial<DueLimits>, ...except: string[]) => {
  const work = { doing: 'Looking for what is due' };
  const found = await engine.transact(
    async (run) => findDue(run, { ...nothingIsOld, ...limits }, ids(...except)),
    work,
  );
  return recorderOf(found?.session);
};

test('is a session that is over, and none of which it knows that it cannot be rewritten', async () => {
  expect(await due({})).toBe('closed');
  expect(await due({}, 'closed')).toBe(null);
});

test('is one with enough deltas', async () => {
  expect(await due({ records: 3 }, 'closed')).toBe('three');
  expect(await due({ records: 4 }, 'closed')).toBe(null);
});

test('is one whose deltas are old enough, by the oldest, the oldest first', async () => {
  expect(await due({ afterMs: 1 })).toBe('closed');
  expect(await due({ afterMs: 1 }, 'closed')).toBe('one');
  expect(await due({ afterMs: 1 }, 'closed', 'one')).toBe('three');
  expect(await due({ afterMs: 27.5 * dayMs }, 'closed', 'one')).toBe('three');
  expect(await due({ afterMs: 30.5 * dayMs }, 'closed')).toBe(null);
});

test('on request is all that is fresh, up to its last chunk', async () => {
  const work = { doing: 'Looking for what is fresh' };
  const fresh = await engine.transact(async (run) => listFresh(run, ids('one')), work);
  expect(fresh.map(({ stream, lastChunk }) => [recorderOf(stream.session), lastChunk])).toEqual([
    ['closed', 1],
    ['three', 3],
  ]);
  const chunks = await engine.transact(async (run) => freshChunks(run, fresh[1]!.stream), work);
  expect(chunks.map(({ firstSeq, lastSeq, records }) => [firstSeq, lastSeq, records])).toEqual([
    [1, 1, 1],
    [2, 2, 1],
    [3, 3, 1],
  ]);
});
