// The file that a tape is written to: plain NDJSON or, by its name, gzip or Zstandard. Nobody's file is written over.
import { open, type FileHandle } from 'node:fs/promises';
import { PassThrough, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { clauseOf, messageOf, TraderError } from '../../errors.ts';
import { compressorFor } from './tape-name.ts';

const HIGH_WATER_BYTES = 1_048_576;

export type TapeFileOptions = {
  readonly path: string;
  /** The file is behind: write no more for now. Then that it has caught up. */
  readonly onPressure: (isBehind: boolean) => void;
  /** It cannot be written any more. */
  readonly onFailure: (error: TraderError) => void;
};

export class TapeFile {
  readonly #lines = new PassThrough({ highWaterMark: HIGH_WATER_BYTES });
  readonly #written: Promise<void>;
  readonly #onPressure: (isBehind: boolean) => void;
  #batch = '';
  #flushing: NodeJS.Immediate | undefined;
  #failure: TraderError | null = null;

  /** @throws {TraderError} `TAPE_UNWRITABLE`, also when the file is there already */
  static async create(options: TapeFileOptions): Promise<TapeFile> {
    let handle: FileHandle;
    try {
      handle = await open(options.path, 'wx');
    } catch (cause) {
      const isThere = (cause as NodeJS.ErrnoException).code === 'EEXIST';
      const why = isThere ? 'it is there already' : messageOf(cause);
      const text = `--out: ${options.path} cannot be written: ${clauseOf(why)}. Name a new file in a folder that is there`;
      throw new TraderError('TAPE_UNWRITABLE', text, { cause });
    }
    return new TapeFile(handle.createWriteStream(), options);
  }

  /** @param target where the bytes go; `create` makes it a file */
  constructor(target: Writable, { path, onPressure, onFailure }: TapeFileOptions) {
    this.#onPressure = onPressure;
    this.#lines.on('drain', () => onPressure(false));
    this.#written = pipeline(this.#lines, compressorFor(path), target).catch((cause: unknown) => {
      const text = `--out: the tape ${path} broke off (${messageOf(cause)}). What is in it by now may not play`;
      this.#failure = new TraderError('TAPE_UNWRITABLE', text, { cause });
      onFailure(this.#failure);
    });
  }

  /** In one piece for all lines of a turn. */
  write(line: string): void {
    if (this.#failure) return;
    this.#batch += line;
    this.#flushing ??= setImmediate(() => this.#flush());
  }

  /** Resolves when all of it is in the file. @throws {TraderError} `TAPE_UNWRITABLE` */
  async close(): Promise<void> {
    this.#flush();
    this.#lines.end();
    await this.#written;
    if (this.#failure) throw this.#failure;
  }

  #flush(): void {
    clearImmediate(this.#flushing);
    this.#flushing = undefined;
    if (this.#batch === '' || this.#lines.destroyed) return;
    if (!this.#lines.write(this.#batch)) this.#onPressure(true);
    this.#batch = '';
  }
}
