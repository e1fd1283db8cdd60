// Processes and servers that die, stop and come back, and what the database has to say about it afterwards: a few of the kills
// and faults of the crash campaign.
import { join } from 'node:path';
import { startPostgres, temporaryFolder, testSeed, type TestPostgres } from '@trader/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSessionStore } from '../src/index.ts';
import { crashCampaign } from './crash-campaign.ts';
import { playFault } from './crash-faults.ts';
import { newWitness, startCrashWriter } from './crash-writer.ts';
import { finishRecovery } from './finish-recovery.ts';
import { judge, lawful } from './laws.ts';

let server: TestPostgres;
beforeAll(async () => void (server = await startPostgres()));
afterAll(() => server?.stop());

test('a process that is killed at 2 instants loses nothing that was durable, and stores nothing twice', async () => {
  const { verdict, witness } = await crashCampaign(server, 2, testSeed());
  expect(witness.problems).toEqual([]);
  expect(verdict).toMatchObject(lawful);
  expect(verdict.records).toBeGreaterThan(0);
});

test('a process that is killed is succeeded at once, without waiting for its lease', async () => {
  using folder = temporaryFolder('session-store-crash-');
  const options = {
    url: await server.createDatabase(),
    lease: { durationMs: 600_000, renewalsPerLease: 3, sweepEveryMs: 600_000 },
    spool: { dir: join(folder.path, 'spool'), durableWithinMs: 20 },
  };
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
  await session.close({ status: 'closed', reason: 'as planned' });
  await store.close();
  await finishRecovery(options);
  expect(await judge(options.url, witness.promised)).toMatchObject(lawful);
});

// Those that two processes have a part in. The others have tests of their own: in server-away, postgres-faults, spool-store, lease.
test.each(['writer stopped past its lease', 'two claimants'])('%s: no law is broken', async (fault) => {
  const { verdict, problems } = await playFault(server, fault, 1, testSeed());
  expect(problems).toEqual([]);
  expect(verdict).toMatchObject(lawful);
  expect(verdict.records).toBeGreaterThan(0);
  expect(verdict.watchedWrites).toBeGreaterThan(0);
  expect(verdict.books).toBeGreaterThan(0);
});
