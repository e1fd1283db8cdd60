import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { SessionId, SessionStoreOptions } from '../src/index.ts';
import type { Progress } from './crash-records.ts';
import { startFixture } from './fixture-process.ts';

type Said = Progress & { readonly said: string; readonly outcome?: string; readonly written?: number };

/** What was promised over all processes, and how the last one stood when it died. */
export type Witness = {
  /** Per session what was durable. */
  readonly promised: Map<SessionId, Progress>;
  /** Sessions whose close was confirmed. */
  readonly closed: Set<SessionId>;
  /** What had been said last at each kill. */
  readonly killedAt: Map<string, number>;
  readonly problems: string[];
};

export const newWitness = (): Witness => ({
  promised: new Map(),
  closed: new Set(),
  killedAt: new Map(),
  problems: [],
});

export type CrashWriter = {
  readonly pid: number;
  /** What it said last. */
  last(): string;
  /** The session that it has open. */
  session(): SessionId | null;
  /** Resolves with the first thing it says of this kind from now on. */
  says(what: string): Promise<Said>;
  signal(name: NodeJS.Signals): void;
  isGone(): boolean;
  /** SIGKILL; resolves once it is gone and all that it said is known. */
  kill(): Promise<void>;
};

/** Starts `fixtures/crash-writer.ts`, which says what habits there are. */
export function startCrashWriter(
  options: SessionStoreOptions,
  recorder: string,
  seed: number,
  witness: Witness,
  habit = '',
): CrashWriter {
  const child = startFixture('crash-writer.ts', JSON.stringify(options), recorder, String(seed), habit);
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text));
  const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  let isGone = false;
  void ended.then(() => (isGone = true));
  let last = 'nothing';
  let session: SessionId | null = null;
  const listeners = new Set<(said: Said) => void>();
  createInterface(child.stdout).on('line', (line) => {
    const said = JSON.parse(line) as Said;
    last = said.said;
    if (said.said === 'open') session = said.session;
    if (said.said === 'durable' || said.said === 'committed' || said.said === 'closed') {
      const { deltas, trades, raw } = said;
      witness.promised.set(said.session, { session: said.session, deltas, trades, raw });
    }
    if (said.said === 'closed') {
      witness.closed.add(said.session);
      session = null;
    }
    if (said.outcome === 'set-aside') witness.problems.push(`set aside: ${line}`);
    for (const listener of listeners) listener(said);
  });
  return {
    pid: child.pid!,
    last: () => last,
    session: () => session,
    says: async (what) =>
      new Promise((resolve, reject) => {
        const listener = (said: Said) => {
          if (said.said !== what) return;
          listeners.delete(listener);
          resolve(said);
        };
        listeners.add(listener);
        void ended.then(() => reject(new Error(`It ended before it said ${what}:\n${complaints}`)));
      }),
    signal: (name) => void child.kill(name),
    isGone: () => isGone,
    kill: async () => {
      child.kill('SIGKILL');
      const [, signal] = await ended;
      witness.killedAt.set(last, (witness.killedAt.get(last) ?? 0) + 1);
      if (signal !== 'SIGKILL') witness.problems.push(`ended by itself: ${complaints.slice(0, 2000)}`);
    },
  };
}

/** What it says next of its own work, bounded: nothing heals later than that. */
export async function saysSoon(writer: CrashWriter, ...what: string[]): Promise<void> {
  const late = Promise.withResolvers<never>();
  const message = () => `The writer did not say ${what.join(' or ')} within a minute, but last ${writer.last()}.`;
  const timer = setTimeout(() => late.reject(new Error(message())), 60_000);
  try {
    await Promise.race([...what.map(async (said) => writer.says(said)), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
