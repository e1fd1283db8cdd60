import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { StoreLocation } from '../src/index.ts';

const program = fileURLToPath(new URL('fixtures/recorder.ts', import.meta.url));

export type ChildRecorder = {
  /** What it said once its records were committed. */
  readonly said: { readonly pid: number; readonly session: string; readonly committed: number };
  /** How it ended: an exit code, or the signal. */
  readonly ended: Promise<number | string>;
  /** SIGKILL, and it is gone. */
  kill(): Promise<void>;
};

/** Starts `fixtures/recorder.ts` and waits until it has committed its records. */
export async function startChildRecorder(location: StoreLocation, until: 'closed' | 'killed'): Promise<ChildRecorder> {
  const child = spawn(process.execPath, ['--no-warnings', program, JSON.stringify(location), until], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text));
  const ended = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | string);
  const said = new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').once('data', resolve);
    child.once('exit', () => reject(new Error(`The recorder ended before it had committed:\n${complaints}`)));
  });
  return {
    said: JSON.parse(await said) as ChildRecorder['said'],
    ended,
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
