// `trader export`: records to files for other tools, with what was covered beside them.
import type {
  ExportDamage,
  ExportedKind,
  ExportFormat,
  ExportResult,
  SessionId,
  SessionReader,
} from '@trader/session-store';
import type { Values } from '../../config/load-config.ts';
import { messageOf, TraderError } from '../../errors.ts';
import { knownMarkets } from '../reading/known-markets.ts';
import { ownFailure, type Failure } from '../reading/one-of-many.ts';
import { Progress } from '../output/progress.ts';
import { readStore } from '../reading/read-store.ts';
import { findSessions } from '../reading/session-id.ts';
import { interruptible } from '../stop-signal.ts';
import { UNITS } from '../../store/export-units.ts';
import { countText } from '../output/text-table.ts';

export type ExportFlags = {
  readonly out: string;
  readonly format: ExportFormat;
  readonly what: readonly ExportedKind[];
  readonly markets?: readonly string[];
  /** Ms since the epoch. */
  readonly from?: number;
  readonly to?: number;
  readonly json: boolean;
};

type ExportWatch = {
  readonly progress: Progress;
  readonly signal: AbortSignal;
  readonly onDamage: (damage: ExportDamage) => void;
};

/**
 * What cannot be read is left out and told, and the exit code is then 1; everything else is exported.
 *
 * @param which none for every session
 */
export async function exportSessions(which: readonly string[], flags: ExportFlags, settings: Values): Promise<void> {
  await interruptible(async (signal) => {
    await using store = await readStore(settings);
    const sessions = await findSessions(store, which);
    if (flags.markets) await knownMarkets(store, flags.markets);
    using progress = new Progress({ shown: !flags.json });
    const results: (ExportResult & { readonly what: ExportedKind })[] = [];
    const damaged: (ExportDamage & { readonly what: ExportedKind })[] = [];
    const failures: (Failure & { readonly what: ExportedKind })[] = [];
    for (const what of new Set(flags.what)) {
      const onDamage = (damage: ExportDamage): void => {
        damaged.push({ what, ...damage });
        progress.clear();
        if (!flags.json) tell(`${what} of session ${damage.session} are not all there: ${damage.problem}`);
      };
      try {
        const result = await exportKind(store, what, sessions, flags, { progress, signal, onDamage });
        results.push({ what, ...result });
        progress.clear();
        if (!flags.json) process.stdout.write(`${result.file}: ${countText(result.rows)} rows\n`);
      } catch (error) {
        // Of one kind alone it is all that there is to say; for others its neighbours may still be had.
        if (flags.what.length === 1 || error instanceof TraderError) throw error;
        const failure = { what, ...ownFailure(error, signal) };
        failures.push(failure);
        progress.clear();
        if (!flags.json) tell(`${what} are not exported: ${failure.code}: ${failure.message}`);
      }
    }
    if (damaged.length + failures.length > 0) process.exitCode = 1;
    const [first] = results;
    if (!first && !flags.json) return;
    const coverageFile = first?.coverageFile ?? null;
    const exported = first?.sessions ?? [];
    if (flags.json) {
      const files = results.map(({ what, file, packageFile, rows }) => ({ what, file, packageFile, rows }));
      process.stdout.write(`${JSON.stringify({ files, coverageFile, sessions: exported, damaged, failures })}\n`);
    } else {
      process.stdout.write(`${coverageFile}: when each market was covered (sessions: ${countText(exported.length)})\n`);
    }
  });
}

const tell = (text: string): void => void process.stderr.write(`trader: ${text}\n`);

async function exportKind(
  store: SessionReader,
  what: ExportedKind,
  sessions: readonly SessionId[],
  { out, format, markets, from, to }: ExportFlags,
  { progress, signal, onDamage }: ExportWatch,
): Promise<ExportResult> {
  // Counters know how many rows there will be, unless something is left out or a snapshot is a row a level.
  const isWhole = !markets && from === undefined && to === undefined && what !== 'snapshots';
  const rowsInAll = isWhole ? await rowsOf(store, what, sessions) : null;
  try {
    return await store.export({
      format,
      what,
      units: UNITS,
      folder: out,
      signal,
      onDamage,
      ...(sessions.length > 0 && { sessions }),
      ...(markets && { markets }),
      ...(from !== undefined && { fromMs: from }),
      ...(to !== undefined && { toMs: to }),
      onProgress: ({ rows }) =>
        progress.update({ doing: `exporting ${what}`, done: rows, of: rowsInAll, unit: 'rows' }),
    });
  } catch (error) {
    throw signal.aborted ? error : (unwritable(out, error) ?? error);
  }
}

/** `null`: one counter has several kinds, so that nobody knows. */
const counterOf = (what: ExportedKind): 'deltas' | 'snapshots' | 'trades' | 'gaps' | null =>
  what === 'deltas' || what === 'snapshots' || what === 'trades' || what === 'gaps' ? what : null;

async function rowsOf(
  store: SessionReader,
  what: ExportedKind,
  sessions: readonly SessionId[],
): Promise<number | null> {
  const counter = counterOf(what);
  if (counter === null) return null;
  let rows = 0;
  const chosen = new Set(sessions);
  for (const session of await store.sessions({ limit: 2 ** 31 - 1 })) {
    if (chosen.size === 0 || chosen.has(session.id)) rows += session[counter];
  }
  return rows;
}

/** A file system's error has a `syscall`; a database's has none. */
export function unwritable(out: string, error: unknown): TraderError | null {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall === undefined) return null;
  const text = `--out: nothing can be written into ${out} (${code ?? messageOf(error)}). Give a folder that you may write to, on a disk with room`;
  return new TraderError('OUT_UNWRITABLE', text, { cause: error });
}
