// Between which days a session's rows are looked for.
import { expect, test } from 'vitest';
import { dayMs, dayOf } from '../src/database/day.ts';
import { PostgresEngine } from '../src/database/engines/postgres-engine.ts';
import { createSessionStore } from '../src/index.ts';
import { sessionDays } from '../src/partitions/session-days.ts';
import { systemRuntime } from '../src/runtime.ts';
import { atMs, delta } from './contract.ts';
import { newDatabase } from './databases.ts';

test('a session’s days are from that of its first record to that of its last, in whichever order they came', async () => {
  const url = await newDatabase();
  await using store = await createSessionStore({ url });
  const engine = new PostgresEngine(url, 15_000, systemRuntime);
  const daysOf = async (id: string) =>
    engine.transact(async (run) => sessionDays(run, id), { doing: 'Looking for its days' });
  const today = dayOf(atMs);
  try {
    const session = await store.openSession({ recorder: 'desk' });
    expect(await daysOf(session.id)).toEqual({ fromMs: 0, untilMs: 0 });
    for (const [seq, day, first, last] of [
      [1, 0, 0, 0],
      [2, 2, 0, 2],
      [3, -3, -3, 2],
      [4, 1, -3, 2],
    ] as const) {
      session.append(delta(seq, { receivedAtMs: atMs + day * dayMs }));
      await session.flush();
      const expected = { fromMs: (today + first) * dayMs, untilMs: (today + last + 1) * dayMs };
      expect(await daysOf(session.id)).toEqual(expected);
    }
    const nobody = '00000000-0000-4000-8000-000000000000';
    expect(await daysOf(nobody)).toEqual({ fromMs: -Infinity, untilMs: Infinity });
  } finally {
    await engine.close();
  }
});
