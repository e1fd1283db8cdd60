// Processes and servers that die, stop and come back, and what the database has to say about it afterwards.
import { join } from 'node:path';
import { seededRandom, startPostgres, temporaryFolder, type TestPostgres } from '@trader/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSessionStore, type SessionStoreOptions } from '../src/index.ts';
import { crashCampaign } from './crash-campaign.ts';
import { faults } from './crash-faults.ts';
import { appendNext, type Progress } from './crash-records.ts';
import { newWitness, startCrashWriter } from './crash-writer.ts';
import { finishRecovery } from './finish-recovery.ts';
import { judge, lawful } from './laws.ts';
import { stopServer } from './signal-server.ts';

const lease = { durationMs: 1000, renewalsPerLease: 3, sweepEveryMs: 200 };

let server: TestPostgres;
const folder = temporaryFolder('session-store-crash-');
let folders = 0;
beforeAll(async () => void (server = await startPostgres()));
afterAll(async () => {
  await server?.stop();
  folder.remove();
});

const spooling = async (over: object = {}) => ({
  url: await server.createDatabase(),
  lease,
  spool: { dir: join(folder.path, `spool-${++folders}`), durableWithinMs: 20 },
  ...over,
});

/** A recorder in this process, and what it was promised. */
async function recording(options: SessionStoreOptions, recorder = 'crashing') {
  const store = await createSessionStore({ batch: { maxRecords: 300, maxAgeMs: 10 }, ...options });
  const session = await store.openSession({ recorder });
  const progress: Progress = { session: session.id, deltas: 0, trades: 0, raw: 0 };
  const random = seededRandom(7);
  const append = (count: number) => appendNext(session, progress, count, random);
  return { store, session, progress, append, promised: new Map([[session.id, progress]]) };
}

const end = { status: 'closed', reason: 'as planned' } as const;

describe('a process that is killed', () => {
  test('at 10 instants loses nothing that was durable, and stores nothing twice', { timeout: 120_000 }, async () => {
    const { verdict, witness } = await crashCampaign(10, 2026);
    expect(witness.problems).toEqual([]);
    expect(verdict).toMatchObject(lawful);
    expect(verdict.records).toBeGreaterThan(0);
  });

  test('is succeeded at once, without waiting for its lease', async () => {
    const options = await spooling({ lease: { durationMs: 600_000, renewalsPerLease: 3, sweepEveryMs: 600_000 } });
    const witness = newWitness();
    const writer = startCrashWriter(options, 'crashing', 3, witness);
    await writer.says('durable');
    const killed = writer.session()!;
    await writer.kill();
    const store = await createSessionStore(options);
    const session = await store.openSession({ recorder: 'crashing' });
    expect((await store.sessions({ recorder: 'crashing', limit: 1 }))[0]).toMatchObject({
      id: session.id,
      continues: killed,
    });
    await session.close(end);
    await store.close();
    await finishRecovery(options);
    expect(await judge(options.url, witness.promised)).toMatchObject(lawful);
  });
});

describe('each other fault', () => {
  test('breaks no law', { timeout: 240_000 }, async () => {
    for await (const { fault, verdict, problems } of faults(server, 1, 2026)) {
      expect(problems, fault).toEqual([]);
      expect(verdict, fault).toMatchObject(lawful);
      expect(verdict.records, fault).toBeGreaterThan(0);
      expect(verdict.watchedWrites, fault).toBeGreaterThan(0);
      expect(verdict.books, fault).toBeGreaterThan(0);
    }
  });
});

describe('a server', () => {
  test('that crashes and comes back in the middle of writing has each record once', { timeout: 60_000 }, async () => {
    const { url, ...options } = await spooling();
    const { store, session, append, promised } = await recording({ url, ...options });
    append(20_000);
    await expect.poll(async () => (await store.sessions())[0]?.messages).toBeGreaterThan(0);
    await server.crash();
    append(20_000);
    await session.durable();
    await server.start();
    append(1000);
    expect(await session.close(end)).toMatchObject({ status: 'closed', messages: 41_000 });
    await store.close();
    expect(await judge(url, promised)).toMatchObject({ ...lawful, records: 41_000 });
  });

  test.runIf(process.platform === 'linux')(
    'that is stopped and goes on has each record once',
    { timeout: 60_000 },
    async () => {
      const options = await spooling({ queryTimeoutMs: 1000 });
      const statuses: string[] = [];
      const onStatus = ({ state }: { state: string }) => void statuses.push(state);
      const { store, session, append, promised } = await recording({ ...options, onStatus });
      append(500);
      await session.flush();
      const resume = await stopServer(server);
      try {
        append(10_000);
        await session.durable();
        await expect.poll(() => statuses, { timeout: 20_000 }).toEqual(['failing']);
      } finally {
        resume();
      }
      await session.flush();
      expect(statuses).toEqual(['failing', 'writing']);
      await session.close(end);
      await store.close();
      expect(await judge(options.url, promised)).toMatchObject({ ...lawful, records: 10_500 });
    },
  );
});
