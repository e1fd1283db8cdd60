// `npm start` and `npm test` work with nothing but Node and npm: started by npm, a script hands itself to the pinned
// pnpm, which installs what is missing and puts the pinned Node on PATH; started by pnpm, it does its work.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** Runs a command in the foreground from the repository's root; resolves with its exit code. */
export function run(command, args, options = {}) {
  // Ctrl-C reaches the child from the terminal itself. This process only has to outlive it.
  const ignore = () => undefined;
  process.on('SIGINT', ignore);
  // A supervisor's SIGTERM reaches only this process, so it is handed on.
  let child;
  const forward = () => child?.kill('SIGTERM');
  process.on('SIGTERM', forward);
  return new Promise((resolve, reject) => {
    child = spawn(command, args, {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1' },
      shell: process.platform === 'win32',
      ...options,
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      process.off('SIGINT', ignore);
      process.off('SIGTERM', forward);
      resolve(code ?? (signal ? 1 : 0));
    });
  });
}

/** Does `work` under pnpm; under npm, runs the same root script again through the pinned pnpm. */
export async function throughPnpm(script, work) {
  const startedByPnpm = (process.env.npm_config_user_agent ?? '').startsWith('pnpm/');
  if (startedByPnpm) {
    process.exitCode = await work(process.argv.slice(2));
    return;
  }
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  process.exitCode = await run('npx', ['-y', packageManager, 'run', script, ...process.argv.slice(2)]);
}
