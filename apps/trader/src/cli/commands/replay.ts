// `trader replay`: the records of a session on standard output, a line of JSON each, the holes of its ledger among them.
import { setTimeout } from 'node:timers/promises';
import type { ReplayOptions, SessionReader } from '@trader/session-store';
import type { Values } from '../../config/load-config.ts';
import { LineOutput } from '../output/line-output.ts';
import { knownMarkets } from '../reading/known-markets.ts';
import { readStore } from '../reading/read-store.ts';
import { findSession } from '../reading/session-id.ts';
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

async function replayOptions(store: SessionReader, { markets, from, to, speed }: ReplayFlags): Promise<ReplayOptions> {
  return {
    ...(markets && { markets: await knownMarkets(store, markets) }),
    ...(from !== undefined && { fromMs: from }),
    ...(to !== undefined && { toMs: to }),
    ...(speed !== undefined && speed !== 'max' && { speed }),
  };
}

/** How long a reader gets to take what was read before a signal came. */
const LAST_WORD_MS = 500;

async function print(
  store: SessionReader,
  session: string,
  options: ReplayOptions & { readonly signal: AbortSignal },
): Promise<void> {
  const { signal } = options;
  const output = new LineOutput(process.stdout);
  const onAbort = (): void => output.interrupt(signal.reason as Error);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    for await (const record of store.replay(session, options)) await output.write(JSON.stringify(record));
    await output.end();
  } catch (error) {
    // What became of standard output, program.ts says for all commands.
    if (output.failure) return;
    // What was read before a signal came is whole lines, and is not held back.
    if (signal.aborted) await Promise.race([output.end().catch(() => undefined), setTimeout(LAST_WORD_MS)]);
    throw error;
  } finally {
    output.release();
  }
}
