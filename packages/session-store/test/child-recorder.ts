import { once } from 'node:events';
import type { StoreLocation } from '../src/index.ts';
import { startFixture } from './fixture-process.ts';

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
  const child = startFixture('recorder.ts', JSON.stringify(location), until);
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
