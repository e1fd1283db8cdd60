// SIGUSR2 and `npm start`: whoever of it hands the signal on, or gets it, does not end by it.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, inject, test, vi } from 'vitest';
import { sharedServer } from './databases.ts';
import { Chain, WAIT } from './start-chain.ts';

const canRun = existsSync('/proc/self/environ') && !spawnSync('npm', ['--version']).error;

describe.skipIf(!canRun)('npm start', () => {
  test('hands SIGUSR2 to the script on to the trader, and goes on', async () => {
    // Left there, as those of the other chains.
    const database = await sharedServer().createDatabase(undefined, inject('prepared').template);
    await using chain = await Chain.recording(database, { inTerminal: false });
    for (const [times, link] of [
      [1, 'script'],
      [2, 'trader'],
    ] as const) {
      chain.kill(link, 'SIGUSR2');
      await vi.waitFor(
        () => expect(chain.log.match(/settings reloaded: nothing has changed/g)).toHaveLength(times),
        WAIT,
      );
    }
    chain.kill('trader', 'SIGTERM');
    expect(await chain.exitCode()).toBe(0);
    expect((await chain.sessions()).map(({ status }) => status)).toEqual(['closed']);
  });
});
