// Writes a session to Parquet files in a folder of its own, all kinds of records as `trader export` does. The folder is named by
// the settings and the session's id in the database, by nothing that came with a request. It is there whole, or not at all.
import { mkdir, rename, rm, statfs } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { exportedKinds, type ExportedKind, type SessionRow } from '@trader/session-store';
import { messageOf } from '../../errors.ts';
import { repeatEvery } from '../../runtime/set-timer.ts';
import { UNITS } from '../../store/export-units.ts';
import { JobFailure } from './job-failure.ts';
import type { JobWork } from './job-work.ts';

export type ExportedSession = {
  readonly folder: string;
  readonly files: readonly { readonly what: ExportedKind; readonly file: string; readonly rows: number }[];
  readonly coverageFile: string;
  /** Parts of the session that could not be read, and are left out. */
  readonly damaged: number;
};

export type ExportPlace = {
  readonly dir: string;
  /** @default of the disk on which the folder is */
  readonly freeBytes?: (folder: string) => Promise<number>;
};

/** That the recording keeps. */
const LEAST_FREE_BYTES = 2 ** 30;
const LOOK_EVERY_MS = 1_000;

const freeBytesOf = async (folder: string): Promise<number> => {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
};

export const exportSession =
  ({ dir, freeBytes = freeBytesOf }: ExportPlace): JobWork<ExportedSession> =>
  async (store, session, { signal, onProgress }) => {
    const folder = resolve(dir, session.id);
    const part = `${folder}.part`;
    const low = new AbortController();
    const look = async (): Promise<void> => {
      if ((await freeBytes(part)) < LEAST_FREE_BYTES) low.abort(noRoom(dir));
    };
    let stop = (): void => undefined;
    try {
      await rm(part, { recursive: true, force: true });
      await mkdir(part, { recursive: true });
      await look();
      // What it cannot see now it sees the next time.
      stop = repeatEvery(LOOK_EVERY_MS, () => void look().catch(() => undefined));
      const files: ExportedSession['files'][number][] = [];
      let [coverageFile, damaged, before] = ['', 0, 0];
      for (const what of exportedKinds) {
        const counted = countedRows(session, what);
        const result = await store.export({
          format: 'parquet',
          what,
          units: UNITS,
          folder: part,
          sessions: [session.id],
          signal: AbortSignal.any([signal, low.signal]),
          onDamage: () => void damaged++,
          onProgress: ({ rows }) => onProgress(before + Math.min(rows, counted)),
        });
        before += counted;
        onProgress(before);
        files.push({ what, file: basename(result.file), rows: result.rows });
        coverageFile = basename(result.coverageFile);
      }
      signal.throwIfAborted();
      await rm(folder, { recursive: true, force: true });
      await rename(part, folder);
      return { folder, files, coverageFile, damaged };
    } catch (error) {
      await rm(part, { recursive: true, force: true }).catch(() => undefined);
      throw unwritable(dir, error) ?? error;
    } finally {
      stop();
    }
  };

/** As far as the counters know. Facts are told apart by nothing but reading them. */
const countedRows = (session: SessionRow, what: ExportedKind): number =>
  what === 'deltas' || what === 'trades' || what === 'snapshots' || what === 'gaps' ? session[what] : 0;

const noRoom = (dir: string): JobFailure =>
  new JobFailure('EXPORT_NO_ROOM', `The disk of ${dir} has less than 1 GiB left, which the recording keeps.`);

/** A file system's error has a `syscall`; a database's has none. */
function unwritable(dir: string, error: unknown): JobFailure | null {
  if (error instanceof JobFailure || (error as NodeJS.ErrnoException).syscall === undefined) return null;
  return new JobFailure('EXPORT_UNWRITABLE', `Nothing can be written into ${dir}: ${messageOf(error)}`, {
    cause: error,
  });
}
