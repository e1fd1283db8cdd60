// A disk that loses everything which was not synced. It listens to the syncs of this process, and can say at any instant what
// would be there had the power gone: of each file what it held when it was last synced, under the names that its folder had
// when that was last synced. A real disk may have more than that, which is what the log and the checkpoints are for.
//
// SQLite syncs where nobody can listen. A spool's files are as synced as its thread says: each of its answers to a commit.
import { mkdirSync, readdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

type Named = { readonly name: string; readonly id: FileId; readonly isFolder: boolean };

/** An inode's number is given to the next file once the file is gone, be that safe or not. */
type FileId = `${bigint} born ${bigint}`;

type Sync = (this: FileHandle) => Promise<void>;
type Emit = (this: Worker, ...event: unknown[]) => boolean;

/** What is safe at an instant. */
export type AfterTheCut = {
  /** Writes a folder of the disk as it would be found. */
  restore(folder: string, to: string): void;
};

export class PowerCut implements Disposable {
  readonly #root: string;
  readonly #spool: string;
  readonly #contents = new Map<FileId, Buffer>();
  readonly #folders = new Map<FileId, readonly Named[]>();
  readonly #onSync: () => void;
  #stop: () => void = () => undefined;

  private constructor(root: string, spool: string, onSync: () => void) {
    this.#root = root;
    this.#spool = spool;
    this.#onSync = onSync;
  }

  /**
   * Listens until it is disposed of. Linux: it finds out what is synced from /proc.
   *
   * @param root a folder that is there already, and whose own name is safe
   * @param spool the folder of a store's spool, in there
   * @param onSync called after each sync
   */
  static async listen(root: string, spool: string, onSync: () => void): Promise<PowerCut> {
    const cut = new PowerCut(root, spool, onSync);
    const probe = await open(join(root, 'probe'), 'w');
    const handles = Object.getPrototypeOf(probe) as Record<'sync' | 'datasync', Sync>;
    await probe.close();
    const { sync, datasync } = handles;
    handles.sync = function listened(this: FileHandle) {
      return cut.#listen(this, sync);
    };
    handles.datasync = function listened(this: FileHandle) {
      return cut.#listen(this, datasync);
    };
    const workers = Worker.prototype as unknown as { emit: Emit };
    const { emit } = workers;
    workers.emit = function listened(this: Worker, ...event) {
      if (event[0] === 'message' && this.threadName === 'spool') cut.#lookAtSpool();
      return emit.apply(this, event);
    };
    cut.#stop = () => {
      Object.assign(handles, { sync, datasync });
      workers.emit = emit;
    };
    return cut;
  }

  /** What is safe now. */
  now(): AfterTheCut {
    const contents = new Map(this.#contents);
    const folders = new Map(this.#folders);
    const restore = (id: FileId, to: string) => {
      mkdirSync(to, { recursive: true });
      for (const { name, id: of, isFolder } of folders.get(id) ?? []) {
        if (isFolder) restore(of, join(to, name));
        else writeFileSync(join(to, name), contents.get(of) ?? '');
      }
    };
    return {
      restore: (folder, to) => {
        const named = folders.get(idOf(this.#root)!)?.find(({ name }) => name === folder);
        if (named) restore(named.id, to);
      },
    };
  }

  [Symbol.dispose](): void {
    this.#stop();
  }

  async #listen(handle: FileHandle, sync: Sync): Promise<void> {
    const synced = this.#look(handle.fd);
    await sync.call(handle);
    synced();
    this.#onSync();
  }

  #lookAtSpool(): void {
    for (const name of readdirSync(this.#spool).filter((file) => /^spool\.sqlite(-wal)?$/.test(file))) {
      const path = join(this.#spool, name);
      this.#contents.set(idOf(path)!, readFileSync(path));
    }
  }

  /** As it is when the sync is asked for: what is written while it runs may be too late for it. */
  #look(fd: number): () => void {
    const path = readlinkSync(`/proc/self/fd/${fd}`);
    const id = path.startsWith(this.#root) ? idOf(path) : undefined;
    if (!id) return () => undefined;
    if (!statSync(path).isDirectory()) {
      const content = readFileSync(path);
      return () => void this.#contents.set(id, content);
    }
    const names = readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
      const of = idOf(join(path, entry.name));
      return of === undefined ? [] : [{ name: entry.name, id: of, isFolder: entry.isDirectory() }];
    });
    return () => void this.#folders.set(id, names);
  }
}

function idOf(path: string): FileId | undefined {
  const stats = statSync(path, { throwIfNoEntry: false, bigint: true });
  return stats && `${stats.ino} born ${stats.birthtimeNs}`;
}
