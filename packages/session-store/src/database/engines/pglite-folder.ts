// PGlite writes its files as PostgreSQL does and never syncs one, so we do, from outside and in PostgreSQL's order.
import { statSync, type Stats } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncFolder } from '../sync-folder.ts';

/** Looked up in one go, at some µs each. */
const lookupsAtOnce = 250;
/** Of the four threads that Node has for files: the spool writes meanwhile. */
const syncsAtOnce = 3;

const log = 'pg_wal';
const control = join('global', 'pg_control');

type Seen = { readonly version: string; readonly wasChanged: boolean };

/** Paths below the folder, and what the next look is to be compared with. */
type Changes = { readonly files: string[]; readonly folders: string[]; readonly seen: Map<string, Seen> };

/** The files of an embedded database, and which of them changed since they were last made safe. */
export class PgliteFolder {
  readonly #path: string;
  #seen = new Map<string, Seen>();
  /** Why a sync failed. The system may have dropped what it could not write and call the next sync a success. */
  #failure: unknown = null;

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Makes safe what was written before the call, by a checkpoint just now. One call at a time.
   *
   * The log comes first, because pages must not be newer on the disk than the log, and the control file last, because it says
   * from where the log is replayed: until then that is the checkpoint before, whose log is still there (`wal_keep_size`).
   *
   * @throws what the disk says; once a sync has failed always that
   */
  async sync(): Promise<void> {
    if (this.#failure) throw this.#failure;
    if (this.#seen.size === 0) await syncFolder(dirname(this.#path));
    const { files, folders, seen } = await this.#changed();
    const isLog = (path: string) => path.startsWith(log);
    await this.#syncFiles(files.filter(isLog));
    await this.#syncFiles(files.filter((path) => !isLog(path) && path !== control));
    for (const folder of folders) await syncFolder(join(this.#path, folder)).catch(ignoreMissing);
    await this.#syncFiles(files.filter((path) => path === control));
    this.#seen = seen;
  }

  /**
   * What changed, and what had changed the last time: times are as coarse as the system's clock ticks, and within the tick in
   * which a file was looked up it may have been written to once more.
   */
  async #changed(): Promise<Changes> {
    const seen = new Map<string, Seen>();
    const changed = { files: [] as string[], folders: [] as string[], seen };
    const note = (path: string, stats: Stats | undefined, list: string[]) => {
      if (!stats) return;
      const version = `${stats.ino} ${stats.ctimeMs} ${stats.size}`;
      const before = this.#seen.get(path);
      const isChanged = before?.version !== version;
      seen.set(path, { version, wasChanged: isChanged });
      if (isChanged || before.wasChanged) list.push(path);
    };
    const folders = [''];
    for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
      // Before its content: what comes meanwhile is seen the next time.
      note(folder, this.#look(folder), changed.folders);
      const entries = await readdir(join(this.#path, folder), { withFileTypes: true }).catch(ignoreMissing);
      let lookups = 0;
      for (const entry of entries ?? []) {
        const path = join(folder, entry.name);
        if (entry.isDirectory()) folders.push(path);
        else note(path, this.#look(path), changed.files);
        if (++lookups % lookupsAtOnce === 0) await new Promise((resolve) => setImmediate(resolve));
      }
    }
    return changed;
  }

  #look(path: string): Stats | undefined {
    return statSync(join(this.#path, path), { throwIfNoEntry: false });
  }

  async #syncFiles(paths: readonly string[]): Promise<void> {
    const left = [...paths];
    const syncNext = async () => {
      for (let path = left.pop(); path !== undefined; path = left.pop()) {
        await this.#syncFile(path);
      }
    };
    await Promise.all(Array.from({ length: syncsAtOnce }, syncNext));
  }

  async #syncFile(path: string): Promise<void> {
    // Windows syncs only what is open for writing.
    const file = await open(join(this.#path, path), 'r+').catch(ignoreMissing);
    try {
      await file?.sync();
    } catch (cause) {
      this.#failure = cause;
      throw cause;
    } finally {
      await file?.close();
    }
  }
}

/** Tables come and go while they are looked at. */
function ignoreMissing(cause: unknown): null {
  if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
  return null;
}
