import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { SessionStoreOptions } from '../src/index.ts';
import { startFixture } from './fixture-process.ts';

export type ChildOwner = {
  readonly pid: number;
  readonly session: string;
  /** The next thing that it says. */
  nextLine(): Promise<Record<string, unknown>>;
  signal(name: 'SIGSTOP' | 'SIGCONT'): void;
  /** SIGKILL, and it is gone. */
  kill(): Promise<void>;
};

/** Starts `fixtures/owner.ts` and waits until it has opened its session. */
export async function startChildOwner(options: SessionStoreOptions): Promise<ChildOwner> {
  const child = startFixture('owner.ts', JSON.stringify(options));
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text));
  const exited = once(child, 'exit');
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const nextLine = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`The owner ended before it said anything more:\n${complaints}`);
    return JSON.parse(value) as Record<string, unknown>;
  };
  const { pid, session } = (await nextLine()) as { pid: number; session: string };
  return {
    pid,
    session,
    nextLine,
    signal: (name) => void child.kill(name),
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
