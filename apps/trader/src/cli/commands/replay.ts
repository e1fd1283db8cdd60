// `trader replay`: the records of a session on standard output, a line of JSON each, the holes of its ledger among them; or as the
// lines of a tape.
import { setTimeout } from 'node:timers/promises';
import { TapeWriter } from '@trader/orderbook-client/records';
import type { ReplayOptions, SessionReader, StoreRecord } from '@trader/session-store';
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
  /** Lines that `simulate --tape` plays. */
  readonly asTape?: boolean;
};

export async function replaySession(which: string, flags: ReplayFlags, settings: Values): Promise<void> {
  await interruptible(async (signal) => {
    await using store = await readStore(settings);
    const session = await findSession(store, which);
    const options = { ...(await replayOptions(store, flags)), signal };
    const writer = new TapeWriter();
    let leftOut = 0;
    await print(store, session, options, (record) => {
      if (!flags.asTape) return JSON.stringify(record);
      // What came by REST stands on no tape.
      if (record.kind === 'market' || record.kind === 'exchange') return null;
      const line = writer.line(record);
      if (line === null) leftOut++;
      return line;
    });
    if (leftOut > 0) process.stderr.write(`${leftOut} frames cannot be read, and are not on the tape.\n`);
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
  lineOf: (record: StoreRecord) => string | null,
): Promise<void> {
  const { signal } = options;
  const output = new LineOutput(process.stdout);
  const onAbort = (): void => output.interrupt(signal.reason as Error);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    for await (const record of store.replay(session, options)) {
      const line = lineOf(record);
      if (line !== null) await output.write(line);
    }
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
