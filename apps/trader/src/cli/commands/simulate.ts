// `trader simulate`: record the simulator, from tapes or from its generated market.
import { ExchangeError, type Exchange, type ExchangeOptions } from '@trader/exchange-simulator';
import type { SessionRow } from '@trader/session-store';
import { commandLog } from '../command-log.ts';
import { loadConfig, type LoadedConfig, type Values } from '../../config/load-config.ts';
import { TraderError } from '../../errors.ts';
import { simulatedFeed, type ExchangeFeed } from '../exchange-feed.ts';
import { record } from '../record.ts';
import { settingsSource } from '../settings-source.ts';
import { systemRuntime } from '../../runtime/system-runtime.ts';
import type { Trader } from '../../trader.ts';

export type SimulateFlags = {
  readonly tape?: readonly string[];
  readonly speed?: number | 'max';
  /** How many markets are generated. */
  readonly generate?: number;
  /** Generated deltas a second, over all markets. */
  readonly rate?: number;
  readonly seed?: number;
  readonly exitWhenDone?: boolean;
};

/** What `--exit-when-done` prints: one line of JSON on standard output. Counters are those of the session's row. */
type SimulateTotals = Pick<
  SessionRow,
  'id' | 'status' | 'messages' | 'snapshots' | 'deltas' | 'raw' | 'facts' | 'gaps'
> & {
  readonly markets: number;
  readonly elapsedMs: number;
  /** Lines of the tapes that are no frames, and were left out. */
  readonly unreadable: number;
};

export async function simulate(flags: SimulateFlags, settings: Values): Promise<void> {
  const { tape = [], exitWhenDone = false } = flags;
  if (exitWhenDone && tape.length === 0) {
    const text = '--exit-when-done: the generated market never ends. Give at least one --tape';
    throw new TraderError('CONFIG_INVALID', text, { exitCode: 2 });
  }
  const load = (): LoadedConfig => loadConfig(settings, process.env, { exchange: false });
  const loaded = load();
  const source = settingsSource(loaded, load);
  const log = commandLog(loaded);
  let unreadable = 0;
  const simulated = await openSimulator({
    tapes: tape,
    // A tape starts when every market is subscribed to and a session is open: nothing of it is missed.
    playback: 'on-play',
    onBadLine: ({ file, line, expected }) => {
      unreadable++;
      log.warn({ code: 'TAPE_INVALID', file, line }, `tape ${file}: line ${line} is left out: expected ${expected}`);
    },
    ...(flags.speed !== undefined && { speed: flags.speed }),
    ...(flags.generate !== undefined && { markets: flags.generate }),
    ...(flags.rate !== undefined && { deltasPerSecond: flags.rate }),
    ...(flags.seed !== undefined && { seed: flags.seed }),
  });
  const { exchange } = simulated;
  let elapsedMs = 0;
  const row = await record(simulated, { ...loaded.config, settings: source }, log, async (trader) => {
    if (!(await trader.ready)) return;
    const startedMs = systemRuntime.monotonicMs();
    exchange.play();
    if (!exitWhenDone) return;
    await Promise.race([exchange.finished, trader.stopped]);
    await everythingTaken(trader);
    elapsedMs = Math.round(systemRuntime.monotonicMs() - startedMs);
    await trader.stop('the tapes are over');
  });
  if (exchange.failure) throw new TraderError('TAPE_FAILED', exchange.failure.message, { cause: exchange.failure });
  if (exitWhenDone && row) printTotals(row, exchange, { elapsedMs, unreadable });
}

async function openSimulator(options: ExchangeOptions): Promise<ExchangeFeed & { exchange: Exchange }> {
  try {
    return await simulatedFeed(options);
  } catch (cause) {
    // A tape that cannot be played, or a number out of range, is what the user gave.
    const given = ExchangeError.isInstance(cause) || cause instanceof RangeError || cause instanceof TypeError;
    if (!given) throw cause;
    throw new TraderError('CONFIG_INVALID', cause.message, { cause, exitCode: 2 });
  }
}

/** The exchange has sent it all; what is still on the way comes before the answer to a question asked now. */
async function everythingTaken({ client, stopped }: Trader): Promise<void> {
  const end = stopped.then(
    () => 'over' as const,
    () => 'over' as const,
  );
  for (;;) {
    const live = new Promise<void>((resolve) => void client?.on('status', ({ to }) => to === 'live' && resolve()));
    const taken = await client?.barrier().then(
      () => true,
      () => false,
    );
    // Where the connection broke in the middle of it, the client makes a new one and is asked again there.
    if (taken !== false || (await Promise.race([live, end])) === 'over') return;
  }
}

function printTotals(
  row: SessionRow,
  exchange: Exchange,
  rest: Pick<SimulateTotals, 'elapsedMs' | 'unreadable'>,
): void {
  const { id, status, messages, snapshots, deltas, raw, facts, gaps } = row;
  const markets = exchange.markets.length;
  const totals: SimulateTotals = { id, status, markets, messages, snapshots, deltas, raw, facts, gaps, ...rest };
  process.stdout.write(`${JSON.stringify(totals)}\n`);
}
