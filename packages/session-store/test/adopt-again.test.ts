// Who may take over a session that was reclaimed, however long a lease is and however young the server.
import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { PostgresEngine } from '../src/database/engines/postgres-engine.ts';
import { adoptSession, finishAdoption } from '../src/ownership/adopt-session.ts';
import { reclaimSession } from '../src/ownership/reclaim-session.ts';
import { systemRuntime } from '../src/runtime.ts';
import { openBelow } from './contract.ts';
import { newDatabase } from './databases.ts';

const years = 1e12;

test('a reclaimed session is adopted by one at a time, which may ask again, and by the next once it is finished', async () => {
  const engine = new PostgresEngine(await newDatabase(), 15_000, systemRuntime);
  const doing = { doing: 'Adopting' };
  const session = { id: randomUUID(), recorder: 'desk' };
  const adopt = async (owner: string) =>
    engine.transact(async (run) => adoptSession(run, { ...session, owner, leaseMs: years }), doing);
  try {
    await openBelow(engine, session, years);
    expect(await adopt('another'), 'its owner lives').toBe(null);
    await engine.transact(async (run) => reclaimSession(run, session.id, { reason: 'test', recount: false }), doing);
    expect(await adopt('another')).toMatchObject({ status: 'reclaimed', fencingToken: 2 });
    expect(await adopt('a third')).toBe(null);
    // The answer was lost.
    const again = (await adopt('another'))!;
    expect(again).toMatchObject({ fencingToken: 3 });
    await engine.transact(async (run) => finishAdoption(run, { ...session, ...again }), doing);
    expect(await adopt('a third')).toMatchObject({ fencingToken: 4 });
  } finally {
    await engine.close();
  }
});
