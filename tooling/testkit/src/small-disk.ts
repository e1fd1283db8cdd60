// A disk of some megabytes that can be filled: a tmpfs of its own. To mount one takes a right that few users have.
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder, type TemporaryFolder } from './temporary-folder.ts';

const MiB = 2 ** 20;

export class SmallDisk implements Disposable {
  readonly #folder: TemporaryFolder;

  private constructor(folder: TemporaryFolder) {
    this.#folder = folder;
  }

  /** @returns why there is none, where this user cannot mount one */
  static mount(bytes: number): SmallDisk | string {
    const folder = temporaryFolder('small-disk-');
    const { error, status, stderr } = spawnSync(
      'mount',
      ['-t', 'tmpfs', '-o', `size=${bytes}`, 'small-disk', folder.path],
      { encoding: 'utf8' },
    );
    if (status === 0) return new SmallDisk(folder);
    folder.remove();
    return error?.message ?? stderr.trim();
  }

  /** Why this user cannot mount one, or `null`. */
  static refusal(): string | null {
    const probe = SmallDisk.mount(MiB);
    if (typeof probe === 'string') return probe;
    probe[Symbol.dispose]();
    return null;
  }

  get path(): string {
    return this.#folder.path;
  }

  get freeBytes(): number {
    const { bavail, bsize } = statfsSync(this.path);
    return bavail * bsize;
  }

  /** Somebody else's file takes what there is, but for so many bytes. */
  fill(leftBytes = 0): void {
    const file = openSync(this.#filler, 'a');
    try {
      const chunk = Buffer.alloc(MiB);
      for (let bytes = this.freeBytes - leftBytes; bytes > 0;) bytes -= writeSync(file, chunk, 0, Math.min(bytes, MiB));
    } catch (error) {
      // It was fuller than it said.
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    } finally {
      closeSync(file);
    }
  }

  /** That file is taken away. */
  clear(): void {
    rmSync(this.#filler, { force: true });
  }

  get #filler(): string {
    return join(this.path, 'filler');
  }

  [Symbol.dispose](): void {
    // What still has a file of it open keeps it until it closes that.
    spawnSync('umount', ['--lazy', this.path]);
    this.#folder.remove();
  }
}
