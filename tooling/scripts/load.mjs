// A load on every core: what a test has to bear on a machine that others use too.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

const spinner = fileURLToPath(new URL('spin.mjs', import.meta.url));

/** Starts a process for each core that never rests, at normal priority: a fair competitor. Each ends with this process. */
export function startLoad(cores = availableParallelism()) {
  const children = Array.from({ length: cores }, () =>
    spawn(process.execPath, [spinner, String(process.pid)], { stdio: 'ignore' }),
  );
  const ended = children.map((child) => once(child, 'exit'));
  return {
    pids: children.map(({ pid }) => pid),
    async stop() {
      for (const child of children) child.kill('SIGKILL');
      await Promise.all(ended);
    },
  };
}
