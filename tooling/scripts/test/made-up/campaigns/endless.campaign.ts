import { spawn } from 'node:child_process';
import { test } from 'vitest';

// A grandchild that does not go when it is asked.
const program = `process.on('SIGTERM', () => undefined); console.log('here'); setInterval(() => undefined, 1000);`;

test('never ends', async () => {
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'ignore'] });
  child.stdout.once('data', () => process.stdout.write(`grandchild ${child.pid}.\n`));
  await new Promise(() => undefined);
});
