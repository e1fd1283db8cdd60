// An older copy of the database has fewer partitions: what goes on recording makes them again.
import { expect, test } from 'vitest';
import { createSessionStore } from '../src/index.ts';
import { copyDatabase } from './copied-database.ts';
import { dayMs } from '../src/database/day.ts';
import { atMs, delta } from './contract.ts';
import { newDatabase, sharedServer } from './databases.ts';

test('partitions that a restore has taken away are made anew, once it is known', async () => {
  const url = await newDatabase();
  await using store = await createSessionStore({ url, batch: { maxAgeMs: 10 } });
  const session = await store.openSession({ recorder: 'desk' });
  const later = { market: 'A', receivedAtMs: atMs + 14 * dayMs };
  session.append(delta(1, { market: 'A' }));
  await session.flush();
  const copy = await copyDatabase(sharedServer(), url);
  try {
    session.append(delta(2, later));
    await session.flush();
    await copy.restore();
    session.append(delta(3, later));
    await expect(session.flush()).rejects.toMatchObject({ code: 'SESSION_DIVERGED' });
    await session.close({ status: 'closed', reason: 'test' });
    const next = await store.openSession({ recorder: 'desk' });
    next.append(delta(1, later));
    await next.flush();
    const [row] = await store.query(
      'select tableoid::regclass::text as partition from delta_chunks where session_id = $1',
      [next.id],
    );
    expect(row).toEqual({ partition: expect.stringMatching(/^delta_chunks_(?!default)/) });
  } finally {
    await copy.drop();
  }
});
