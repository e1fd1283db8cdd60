// `npm start` and what it starts: whichever process of it is told to end, or dies, the trader ends cleanly and nothing is left.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, inject, test, vi } from 'vitest';
import { sharedServer } from './databases.ts';
import { startOwnServer } from './own-server.ts';
import { again } from './program.ts';
import { Chain, LINKS, WAIT } from './start-chain.ts';

/** How the trader and its only session ended. */
async function endOf(chain: Chain) {
  const code = await chain.exitCode();
  const sessions = await chain.sessions();
  return { code, sessions: sessions.map(({ status, endReason, deltas }) => ({ status, endReason, any: deltas > 0 })) };
}

const clean = (endReason: string) => ({ code: 0, sessions: [{ status: 'closed', endReason, any: true }] });

/** Left there: what concurrent tests finish with cannot be told apart. */
const database = (): Promise<string> => sharedServer().createDatabase(undefined, inject('prepared').template);

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const without = (program: string): string | null =>
  spawnSync(program, ['--version']).error ? `${program} is not here` : null;
const missing = existsSync('/proc/self/environ') ? without('npm') : 'there is no /proc';

describe.skipIf(missing)(`npm start${missing ? ` (skipped: ${missing})` : ''}`, () => {
  const each = LINKS.flatMap((link) => SIGNALS.map((signal) => ({ link, signal })));
  test.concurrent.each(each)('ends cleanly at $signal to $link alone', async ({ link, signal }) => {
    await using chain = await Chain.recording(await database(), { inTerminal: false });
    chain.kill(link, signal);
    expect(await endOf(chain)).toEqual(clean(signal));
  });

  test.concurrent.each(['npm', 'script'] as const)('ends cleanly when %s is killed with -9', async (link) => {
    await using chain = await Chain.recording(await database(), { inTerminal: false });
    chain.kill(link, 'SIGKILL');
    expect(await endOf(chain)).toEqual(clean('SIGHUP'));
  });
});

const noTerminal = missing ?? without('script');

describe.skipIf(noTerminal)(`npm start in a terminal${noTerminal ? ` (skipped: ${noTerminal})` : ''}`, () => {
  test.concurrent.each(LINKS)('ends cleanly at SIGINT to %s alone', async (link) => {
    await using chain = await Chain.recording(await database(), { inTerminal: true });
    chain.kill(link, 'SIGINT');
    expect(await endOf(chain)).toEqual(clean('SIGINT'));
  });

  test.concurrent('ends cleanly at Ctrl-C, which all of it get at once', async () => {
    await using chain = await Chain.recording(await database(), { inTerminal: true });
    chain.type('\x03');
    expect(await endOf(chain)).toEqual(clean('SIGINT'));
  });

  test.concurrent('ends cleanly when the terminal is closed', async () => {
    await using chain = await Chain.recording(await database(), { inTerminal: true });
    chain.closeTerminal();
    expect(await endOf(chain)).toEqual(clean('SIGHUP'));
  });

  test.concurrent('ends at once at a later Ctrl-C, when the first one cannot be done', async () => {
    await using server = await startOwnServer();
    await using chain = await Chain.recording(await server.createDatabase(), { inTerminal: true });
    await server.halt();
    chain.type('\x03');
    await vi.waitFor(() => expect(chain.log).toContain('→ shutdown: SIGINT'), WAIT);
    using _later = again(() => chain.type('\x03'));
    expect(await chain.exitCode()).toBe(130);
  });
});
