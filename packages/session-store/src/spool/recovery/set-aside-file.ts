import { mkdir, open, rename, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SessionId, StoreRecord } from '../../records.ts';
import { privateFile, privateFolder } from '../../database/private-files.ts';
import { spoolFailure } from '../log/spool-failure.ts';

type Add = (records: readonly StoreRecord[], batch: number) => Promise<void>;

/**
 * Keeps what `fill` adds in a file of `folder`, named for the session and the first batch in it.
 *
 * @returns the file, once it is whole and on the disk; `null` when there was nothing to keep
 * @throws {SessionStoreError} SPOOL_FULL or SPOOL_FAILED, and then a next try writes it anew
 */
export async function setAside(
  folder: string,
  id: SessionId,
  fill: (add: Add) => Promise<void>,
): Promise<string | null> {
  const opened: SetAsideFile[] = [];
  try {
    await fill(async (records, batch) => {
      if (records.length === 0) return;
      if (opened.length === 0) {
        opened.push(await SetAsideFile.open(join(folder, 'set-aside', `${id}-${batch}.ndjson`)));
      }
      await opened[0]!.add(records);
    });
    return (await opened[0]?.finish()) ?? null;
  } catch (cause) {
    await opened[0]?.discard();
    throw spoolFailure('Setting records aside', cause);
  }
}

/** Records that the database does not take, in a file for people: a JSON text per line. Under its name only once it is whole. */
class SetAsideFile {
  readonly #path: string;
  readonly #file: FileHandle;

  private constructor(path: string, file: FileHandle) {
    this.#path = path;
    this.#file = file;
  }

  /** @throws what the disk says */
  static async open(path: string): Promise<SetAsideFile> {
    await mkdir(dirname(path), { recursive: true, mode: privateFolder });
    return new SetAsideFile(path, await open(`${path}.part`, 'w', privateFile));
  }

  async add(records: readonly StoreRecord[]): Promise<void> {
    await this.#file.appendFile(records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  }

  /** On the disk and under its name, which is the result. */
  async finish(): Promise<string> {
    await this.#file.sync();
    await this.#file.close();
    await rename(`${this.#path}.part`, this.#path);
    const folder = await open(dirname(this.#path), 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
    return this.#path;
  }

  /** It is not whole, and is written over by the next try. */
  async discard(): Promise<void> {
    await this.#file.close().catch(() => undefined);
  }
}
