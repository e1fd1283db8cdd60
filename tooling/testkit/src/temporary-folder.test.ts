import { execFileSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { temporaryFolder } from './temporary-folder.ts';

const source = fileURLToPath(new URL('temporary-folder.ts', import.meta.url));

/** The folder of a process that is gone, which ended in that way. */
const leftBy = (how: string) => {
  const program = `
    import { temporaryFolder } from ${JSON.stringify(source)};
    const { path } = temporaryFolder('trader-left-', { inMemory: true });
    process.stdout.write(path, () => { ${how} });`;
  try {
    return execFileSync(process.execPath, ['--no-warnings', '--input-type=module', '-e', program], {
      encoding: 'utf8',
    });
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
};

test('is gone when its process exits, whatever became of the test', () => {
  const path = leftBy('process.exit(1)');
  expect(path).toContain('trader-left-');
  expect(existsSync(path)).toBe(false);
});

test('in memory, of a process that was killed, is removed by the next one', () => {
  const path = leftBy(`process.kill(process.pid, 'SIGKILL')`);
  const isInMemory = path.startsWith('/dev/shm');
  expect(existsSync(path)).toBe(true);
  temporaryFolder('trader-next-', { inMemory: true }).remove();
  expect(existsSync(path)).toBe(!isInMemory);
  rmSync(path, { recursive: true, force: true });
});
