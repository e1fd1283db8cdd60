// The embedded database's thread: what does not end in it is ended, and holds up nobody outside.
import { describe, expect, test } from 'vitest';
import { PgliteEngine } from '../src/database/engines/pglite-engine.ts';
import { systemRuntime, type Runtime } from '../src/runtime.ts';
import { newDataDir } from './databases.ts';

const ENDLESS = 'select count(*) from generate_series(1, 1000000000000)';
const END_MS = 5000;

const open = async (queryTimeoutMs: number, runtime: Runtime = systemRuntime) => {
  const dataDir = newDataDir('empty');
  const engine = await PgliteEngine.open(dataDir, queryTimeoutMs, runtime);
  const ask = async (text: string, timeoutMs = queryTimeoutMs) =>
    engine.transact(async (run) => run({ text, parameters: [] }), { doing: 'The question', readOnly: true, timeoutMs });
  return { dataDir, engine, ask };
};

describe('a statement that does not end', () => {
  test('is ended at its deadline while the main thread goes on, and the next one finds what was committed', async () => {
    const { engine, ask } = await open(1_000);
    const write = async (text: string) =>
      engine.transact(async (run) => run({ text, parameters: [] }), { doing: 'Writing' });
    await write('create table kept as select 7 as n');
    let turns = 0;
    const turning = setInterval(() => turns++, 1);
    const refused = {
      code: 'QUERY_TIMEOUT',
      retryable: true,
      message: 'The question failed: no answer from the embedded database within 1000 ms.',
    };
    await expect(ask(ENDLESS)).rejects.toMatchObject(refused);
    clearInterval(turning);
    expect(turns).toBeGreaterThan(100);
    await expect.poll(async () => ask('select n from kept').catch(() => null), { timeout: 30_000 }).toEqual([{ n: 7 }]);
    await write('insert into kept values (8)');
    await engine.close();
  });

  test('is the only one that fails: those behind it get their answer, from a thread that is opened anew', async () => {
    const { engine, ask } = await open(60_000);
    const endless = ask(ENDLESS, 100);
    const behind = [1, 2, 3].map(async (n) => ask(`select ${n} as n`));
    await expect(endless).rejects.toMatchObject({ code: 'QUERY_TIMEOUT' });
    expect(await Promise.all(behind)).toEqual([[{ n: 1 }], [{ n: 2 }], [{ n: 3 }]]);
    await engine.close();
  });

  test('is given a moment at the end, and then ended: the folder is free for the next one', async () => {
    const hasty: Runtime = {
      ...systemRuntime,
      setTimer: (delayMs, fire) => systemRuntime.setTimer(delayMs === END_MS ? 50 : delayMs, fire),
    };
    const { dataDir, engine, ask } = await open(60_000, hasty);
    const endless = ask(ENDLESS).catch((error: unknown) => error);
    await engine.close();
    expect(await endless).toMatchObject({ code: 'DATABASE_UNREACHABLE' });
    await expect(ask('select 1')).rejects.toMatchObject({ code: 'STORE_CLOSED' });
    await (await PgliteEngine.open(dataDir, 15_000, systemRuntime)).close();
  });
});

test('a parameter that no thread can be given fails its statement, and leaves nothing waiting', async () => {
  const { engine, ask } = await open(15_000);
  const asked = engine.transact(async (run) => run({ text: 'select $1', parameters: [() => 1] }), { doing: 'Asking' });
  await expect(asked).rejects.toMatchObject({ name: 'SessionStoreError', code: 'QUERY_FAILED' });
  expect(await ask('select 1 as n')).toEqual([{ n: 1 }]);
  // What still waited would fail now, with nobody listening.
  await engine.close();
});
