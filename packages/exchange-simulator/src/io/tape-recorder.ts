// Writes a tape: what one subscriber of everything gets, line by line, in the form in which tapes are played.
import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { PassThrough, type Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip, createZstdCompress } from 'node:zlib';
import { ExchangeError } from '../errors.ts';
import type { Runtime } from './runtime.ts';

export interface TapeRecorderOptions {
  readonly file: string;
  readonly runtime: Runtime;
  /** What was written has reached the file. */
  readonly onDrained: () => void;
}

const HIGH_WATER_BYTES = 1_048_576;
/** A disk that is so far behind the market will not catch up. */
const MOST_UNWRITTEN_BYTES = 268_435_456;

export class TapeRecorder {
  readonly #runtime: Runtime;
  readonly #file: string;
  readonly #lines = new PassThrough({ highWaterMark: HIGH_WATER_BYTES });
  readonly #written: Promise<void>;
  #batch = '';
  #flushing: NodeJS.Immediate | undefined;
  #failure: ExchangeError | undefined;

  /** @throws {ExchangeError} `RECORDING_FAILED`, also when the file is there already */
  static async open(options: TapeRecorderOptions): Promise<TapeRecorder> {
    const { file } = options;
    try {
      // Nobody's recording is written over.
      await (await open(file, 'wx')).close();
    } catch (error) {
      const isThere = (error as NodeJS.ErrnoException).code === 'EEXIST';
      throw isThere
        ? failed(file, 'is there already. Name a new file, or remove it', error)
        : failed(file, `cannot be written (${(error as Error).message})`, error);
    }
    return new TapeRecorder(options);
  }

  private constructor({ file, runtime, onDrained }: TapeRecorderOptions) {
    this.#file = file;
    this.#runtime = runtime;
    const target = createWriteStream(file);
    const compressor = compressorFor(file);
    this.#lines.on('drain', onDrained);
    this.#written = (compressor ? pipeline(this.#lines, compressor, target) : pipeline(this.#lines, target)).catch(
      (error: unknown) => {
        this.#failure ??= failed(file, `broke off (${(error as Error).message})`, error);
        onDrained();
      },
    );
  }

  /** Why the tape is not whole; known at the latest when `close()` has resolved. */
  get failure(): ExchangeError | undefined {
    return this.#failure;
  }

  /** Whether so much waits for the file that an unpaced tape waits, too. */
  get slow(): boolean {
    return !this.#failure && (this.#lines.writableNeedDrain || this.#batch.length > HIGH_WATER_BYTES);
  }

  write(frame: string): void {
    if (this.#failure) return;
    // In one piece for all frames of a turn.
    this.#batch += `{"recv_ms":${Math.floor(this.#runtime.nowMs())},"event":${frame}}\n`;
    this.#flushing ??= setImmediate(() => this.#flush());
  }

  /** Idempotent. */
  async close(): Promise<void> {
    clearImmediate(this.#flushing);
    this.#flush();
    this.#lines.end();
    await this.#written;
  }

  #flush(): void {
    this.#flushing = undefined;
    if (this.#batch === '' || this.#lines.destroyed || this.#lines.writableEnded) return;
    this.#lines.write(this.#batch);
    this.#batch = '';
    if (this.#lines.writableLength <= MOST_UNWRITTEN_BYTES) return;
    this.#failure = failed(this.#file, 'broke off: the disk is slower than the market');
    this.#lines.end();
  }
}

const failed = (file: string, what: string, cause?: unknown): ExchangeError =>
  new ExchangeError('RECORDING_FAILED', `The tape ${file} ${what}.`, { file, cause });

function compressorFor(file: string): Duplex | undefined {
  if (file.endsWith('.gz')) return createGzip();
  return file.endsWith('.zst') ? createZstdCompress() : undefined;
}
