// A reload that is asked for until the process is gone.
import { temporaryFolder } from '@trader/testkit';
import { expect, test } from 'vitest';
import { Program } from './program.ts';

test('SIGUSR2 does not change how a command ended, however late it comes', async () => {
  using folder = temporaryFolder();
  for (let tries = 0; tries < 5; tries++) {
    await using program = new Program(['config', '--json'], { cwd: folder.path });
    const isOver = () => program.child.exitCode !== null || program.child.signalCode !== null;
    // It listens by then.
    await new Promise((resolve) => void program.child.stdout!.once('data', resolve));
    for (; !isOver(); await new Promise(setImmediate)) program.child.kill('SIGUSR2');
    expect(await program.exited).toBe(0);
    expect(JSON.parse(program.stdout)).toBeTypeOf('object');
  }
});
