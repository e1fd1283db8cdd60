// Who compacts, where several processes could: two at once would wait for each other's chunks.
import postgres from 'postgres';
import { expect, test } from 'vitest';
import { takeTurn } from '../src/compaction/compact-turn.ts';
import { PostgresEngine } from '../src/database/engines/postgres-engine.ts';
import { systemRuntime } from '../src/runtime.ts';
import { newDatabase, waitingForLock } from './databases.ts';

const doing = { doing: 'Compacting' };

test('is one transaction: in the background another leaves it to that one, and on request it waits', async () => {
  const url = await newDatabase('empty');
  const [one, other] = [new PostgresEngine(url, 15_000, systemRuntime), new PostgresEngine(url, 15_000, systemRuntime)];
  const watching = postgres(url, { max: 1 });
  const order: string[] = [];
  try {
    const { promise: isOver, resolve: end } = Promise.withResolvers<void>();
    const { promise: hasTurn, resolve: started } = Promise.withResolvers<void>();
    const first = one.transact(async (run) => {
      expect(await takeTurn(run, false)).toBe(true);
      started();
      await isOver;
      order.push('first');
    }, doing);
    await hasTurn;
    expect(await other.transact(async (run) => takeTurn(run, false), doing)).toBe(false);

    const waiting = other.transact(async (run) => {
      expect(await takeTurn(run, true)).toBe(true);
      order.push('waiting');
    }, doing);
    await expect.poll(() => waitingForLock(watching), { timeout: 30_000 }).toBe(1);
    end();
    await Promise.all([first, waiting]);
    expect(order).toEqual(['first', 'waiting']);
  } finally {
    await watching.end({ timeout: 1 });
    await Promise.all([one.close(), other.close()]);
  }
});
