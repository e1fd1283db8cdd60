// `trader export`: records to files for other tools, with what was covered beside them.
import type { ExportedKind, ExportFormat, ExportResult, SessionId, SessionStore } from '@trader/session-store';
import type { Values } from '../config.ts';
import { messageOf, TraderError } from '../errors.ts';
import { knownMarkets } from './known-markets.ts';
import { Progress } from './progress.ts';
import { readStore } from './read-store.ts';
import { findSession } from './session-id.ts';
import { interruptible } from '../stop-signal.ts';
import { countText } from './text-table.ts';

export const EXPORTED_KINDS: readonly ExportedKind[] = ['deltas', 'snapshots', 'trades', 'gaps'];

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

/** @param which none for every session */
export async function exportSessions(which: readonly string[], flags: ExportFlags, settings: Values): Promise<void> {
  await interruptible(async (signal) => {
    await using store = await readStore(settings);
    const sessions = await Promise.all(which.map(async (text) => findSession(store, text)));
    if (flags.markets) await knownMarkets(store, flags.markets);
    using progress = new Progress({ shown: !flags.json });
    const results: (ExportResult & { readonly what: ExportedKind })[] = [];
    for (const what of new Set(flags.what)) {
      const result = await exportKind(store, what, [...new Set(sessions)], flags, progress, signal);
      results.push({ what, ...result });
      progress.clear();
      if (!flags.json) process.stdout.write(`${result.file}: ${countText(result.rows)} rows\n`);
    }
    const [first] = results;
    if (!first) return;
    const { coverageFile } = first;
    if (flags.json) {
      const files = results.map(({ what, file, rows }) => ({ what, file, rows }));
      process.stdout.write(`${JSON.stringify({ files, coverageFile, sessions: first.sessions })}\n`);
    } else {
      process.stdout.write(
        `${coverageFile}: when each market was covered (sessions: ${countText(first.sessions.length)})\n`,
      );
    }
  });
}

async function exportKind(
  store: SessionStore,
  what: ExportedKind,
  sessions: readonly SessionId[],
  { out, format, markets, from, to }: ExportFlags,
  progress: Progress,
  signal: AbortSignal,
): Promise<ExportResult> {
  // Counters know how many rows there will be, unless something is left out or a snapshot is a row a level.
  const isWhole = !markets && from === undefined && to === undefined && what !== 'snapshots';
  const rowsInAll = isWhole ? await rowsOf(store, what, sessions) : null;
  try {
    return await store.export({
      format,
      what,
      folder: out,
      signal,
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

async function rowsOf(store: SessionStore, what: ExportedKind, sessions: readonly SessionId[]): Promise<number> {
  let rows = 0;
  const chosen = new Set(sessions);
  for (const session of await store.sessions({ limit: 2 ** 31 - 1 })) {
    if (chosen.size === 0 || chosen.has(session.id)) rows += session[what];
  }
  return rows;
}

/** A file system's error has a `syscall`; a database's has none. */
function unwritable(out: string, error: unknown): TraderError | null {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall === undefined) return null;
  const text = `--out: nothing can be written into ${out} (${code ?? messageOf(error)}). Give a folder that you may write to, on a disk with room`;
  return new TraderError('OUT_UNWRITABLE', text, { cause: error });
}
