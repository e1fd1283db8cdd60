// Processes and servers that die, stop and come back, and what the database has to say about it afterwards.
import { join } from 'node:path';
import { seededRandom, startPostgres, temporaryFolder, type TestPostgres } from '@trader/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSessionStore, type SessionStoreOptions } from '../src/index.ts';
import { crashCampaign, finishRecovery } from './crash-campaign.ts';
import { appendNext, type Progress } from './crash-records.ts';
import { newWitness, startCrashWriter } from './crash-writer.ts';
import { startFaultyProxy } from './faulty-proxy.ts';
import { judge, lawful } from './laws.ts';
import { signalServer } from './signal-server.ts';

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

describe('a process that is stopped for longer than its lease', () => {
  test('and goes on finds its session reclaimed, and brings in what it had spooled', { timeout: 60_000 }, async () => {
    const options = await spooling();
    const witness = newWitness();
    const writer = startCrashWriter(options, 'stopped', 11, witness);
    await writer.says('durable');
    writer.signal('SIGSTOP');
    const stopped = writer.session()!;
    const other = await createSessionStore({ url: options.url, lease });
    const status = async (id: string) => (await other.query('select status from sessions where id = $1', [id]))[0];
    await expect.poll(async () => status(stopped), { timeout: 20_000 }).toEqual({ status: 'reclaimed' });
    // The recorder is somebody else's now, for a while.
    const takenOver = await other.openSession({ recorder: 'stopped' });
    await takenOver.close(end);
    writer.signal('SIGCONT');
    // It is told so, which it does not expect; what it leaves is found by the next one.
    await writer.kill();
    await finishRecovery(options);
    await other.close();
    expect(await judge(options.url, witness.promised)).toMatchObject(lawful);
  });
});

describe('two processes that claim one recorder', () => {
  test('record one after the other, and each of their records is there once', { timeout: 60_000 }, async () => {
    const [one, two] = [await spooling(), await spooling()];
    const witness = newWitness();
    const options = { ...two, url: one.url };
    const writers = [
      startCrashWriter(one, 'wanted', 21, witness),
      startCrashWriter(options, 'wanted', 22, witness),
    ] as const;
    await Promise.all(writers.map(async (writer) => writer.says('durable')));
    await Promise.all(writers.map(async (writer) => writer.kill()));
    await finishRecovery(one);
    await finishRecovery(options);
    expect(witness.problems).toEqual([]);
    expect(await judge(one.url, witness.promised)).toMatchObject(lawful);
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
      const resume = await signalServer(server, 'SIGSTOP');
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

  test('whose answer to a commit is lost, again and again, has each record once', { timeout: 60_000 }, async () => {
    const options = await spooling();
    await using proxy = await startFaultyProxy(options.url);
    const { store, session, append, promised } = await recording({ ...options, url: proxy.url });
    for (let round = 0; round < 10; round++) {
      proxy.mode = 'lose-commit';
      append(700);
      await session.flush();
    }
    proxy.mode = 'lose-commit';
    append(10);
    expect(await session.close(end)).toMatchObject({ messages: 7010 });
    await store.close();
    expect(await judge(options.url, promised)).toMatchObject({ ...lawful, records: 7010 });
  });
});

describe('clocks', () => {
  test('that jump neither cost a session nor a record', async () => {
    let jumpMs = 0;
    const runtime = {
      nowMs: () => Date.now() + jumpMs,
      monotonicMs: () => performance.now(),
      setTimer: (delayMs: number, fire: () => void) => {
        const timer = setTimeout(fire, delayMs);
        return () => clearTimeout(timer);
      },
      random: Math.random,
    };
    const options = await spooling();
    const { store, session, append, promised } = await recording({ ...options, runtime });
    for (const jump of [3_600_000, -7_200_000, 0]) {
      jumpMs = jump;
      append(1000);
      await session.durable();
    }
    expect(await session.close(end)).toMatchObject({ status: 'closed', messages: 3000 });
    await store.close();
    expect(await judge(options.url, promised)).toMatchObject({ ...lawful, records: 3000 });
  });
});
