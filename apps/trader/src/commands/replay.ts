// `trader replay`: the records of a session on standard output, a line of JSON each, the holes of its ledger among them.
import type { ReplayOptions, SessionStore } from '@trader/session-store';
import type { Values } from '../config.ts';
import { LineOutput } from './line-output.ts';
import { knownMarkets } from './known-markets.ts';
import { readStore } from './read-store.ts';
import { findSession } from './session-id.ts';
import { interruptible } from '../stop-signal.ts';

export type ReplayFlags = {
  readonly markets?: readonly string[];
  /** Ms since the epoch. */
  readonly from?: number;
  readonly to?: number;
  /** @default 'max' */
  readonly speed?: number | 'max';
};

export async function replaySession(which: string, flags: ReplayFlags, settings: Values): Promise<void> {
  await interruptible(async (signal) => {
    await using store = await readStore(settings);
    const session = await findSession(store, which);
    await print(store, session, { ...(await replayOptions(store, flags)), signal });
  });
}

async function replayOptions(store: SessionStore, { markets, from, to, speed }: ReplayFlags): Promise<ReplayOptions> {
  return {
    ...(markets && { markets: await knownMarkets(store, markets) }),
    ...(from !== undefined && { fromMs: from }),
    ...(to !== undefined && { toMs: to }),
    ...(speed !== undefined && speed !== 'max' && { speed }),
  };
}

async function print(store: SessionStore, session: string, options: ReplayOptions): Promise<void> {
  const output = new LineOutput(process.stdout);
  try {
    for await (const record of store.replay(session, options)) await output.write(JSON.stringify(record));
    await output.end();
  } catch (error) {
    // What became of standard output, main.ts says for all commands.
    if (output.failure) return;
    // What was read before a signal came is whole lines, and is not held back.
    if (options.signal?.aborted) await output.end().catch(() => undefined);
    throw error;
  } finally {
    output.release();
  }
}
