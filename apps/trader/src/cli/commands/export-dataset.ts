// `trader export --layout dataset`: records to a folder by day and series, which the next call brings up to date.
import type { DatasetDamage, DatasetResult, ExportedKind, SessionId, SessionReader } from '@trader/session-store';
import type { Values } from '../../config/load-config.ts';
import { knownMarkets } from '../reading/known-markets.ts';
import { Progress } from '../output/progress.ts';
import { countText } from '../output/text-table.ts';
import { readStore } from '../reading/read-store.ts';
import { findSessions } from '../reading/session-id.ts';
import { interruptible } from '../stop-signal.ts';
import { UNITS } from '../../store/export-units.ts';
import { unwritable } from './export.ts';

export type DatasetFlags = {
  readonly out: string;
  readonly format: 'parquet' | 'zst.parquet';
  readonly what: readonly ExportedKind[];
  readonly markets?: readonly string[];
  /** Ms since the epoch. */
  readonly from?: number;
  readonly to?: number;
  readonly json: boolean;
};

/**
 * What cannot be read is left out and told, and the exit code is then 1; so it is where counts do not agree.
 *
 * @param which none for every session
 */
export async function exportAsDataset(which: readonly string[], flags: DatasetFlags, settings: Values): Promise<void> {
  await interruptible(async (signal) => {
    await using store = await readStore(settings);
    const sessions = await findSessions(store, which);
    if (flags.markets) await knownMarkets(store, flags.markets);
    using progress = new Progress({ shown: !flags.json });
    const tell = (text: string): void => {
      progress.clear();
      if (!flags.json) process.stderr.write(`trader: ${text}\n`);
    };
    const result = await write(store, sessions, flags, progress, signal);
    progress.clear();
    for (const damage of result.damaged) tell(damageText(damage));
    for (const { session, kind, exported, counted } of result.miscounted)
      tell(`session ${session} has ${countText(exported)} ${kind}, but ${countText(counted)} were counted`);
    if (result.damaged.length + result.miscounted.length > 0) process.exitCode = 1;
    process.stdout.write(flags.json ? `${JSON.stringify(result)}\n` : resultText(result));
  });
}

async function write(
  store: SessionReader,
  sessions: readonly SessionId[],
  { out, format, what, markets, from, to }: DatasetFlags,
  progress: Progress,
  signal: AbortSignal,
): Promise<DatasetResult> {
  try {
    return await store.exportDataset({
      folder: out,
      format,
      what,
      units: UNITS,
      signal,
      ...(sessions.length > 0 && { sessions }),
      ...(markets && { markets }),
      ...(from !== undefined && { fromMs: from }),
      ...(to !== undefined && { toMs: to }),
      // The result has them: also those of a run before.
      onDamage: () => undefined,
      onProgress: ({ days, ofDays, rows }) =>
        progress.update({ doing: `exporting, ${countText(rows)} rows`, done: days, of: ofDays, unit: 'days' }),
    });
  } catch (error) {
    throw signal.aborted ? error : (unwritable(out, error) ?? error);
  }
}

const damageText = ({ kind, day, session, problem }: DatasetDamage): string =>
  `${kind} of session ${session} of ${day} are not all there: ${problem}`;

function resultText({ folder, files, rows, keptFiles, openDays, sessions }: DatasetResult): string {
  const kept = keptFiles > 0 ? `, ${countText(keptFiles)} of them as they were` : '';
  const open =
    openDays.length > 0 ? `Not over yet, so that they are made anew by the next call: ${openDays.join(', ')}\n` : '';
  return `${folder}: ${countText(rows)} rows in ${countText(files)} files${kept} (sessions: ${countText(sessions.length)})\n${open}`;
}
