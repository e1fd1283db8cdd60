// A tape's lines. In goes a file's name, out come chunks of lines, whatever it is compressed with.
import { open } from 'node:fs/promises';
import { type Duplex, pipeline, type Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { ExchangeError } from '../errors.ts';

const CHUNK_BYTES = 65_536;
/** A line this long is no frame: it is refused before it fills the memory. */
const MOST_LINE_CHARACTERS = 16_777_216;

/**
 * The lines of a tape in batches, as a stream: never more of the file than a chunk and a line is in memory. Gzip and
 * Zstandard are told by the first bytes. Leaving the loop early closes the file.
 *
 * @throws {ExchangeError} `TAPE_UNREADABLE`, `TAPE_INVALID`
 */
export async function* readTapeLines(file: string): AsyncGenerator<readonly string[], void, undefined> {
  let carry = '';
  let lines = 0;
  try {
    const characters = (await openTape(file)).setEncoding('utf8');
    for await (const chunk of characters) {
      const batch = (carry + (chunk as string)).split('\n');
      carry = batch.pop() ?? '';
      lines += batch.length;
      if (carry.length > MOST_LINE_CHARACTERS) throw invalidTape(file, lines + 1, 'a line of less than 16 MiB');
      if (batch.length > 0) yield batch;
    }
  } catch (error) {
    throw ExchangeError.isInstance(error) ? error : unreadable(file, error);
  }
  if (carry !== '') yield [carry];
}

export const invalidTape = (file: string, line: number, expected: string): ExchangeError =>
  new ExchangeError(
    'TAPE_INVALID',
    `Tape ${file}, line ${line}: expected ${expected}. Correct the line or leave it out.`,
    {
      file,
      line,
      expected,
    },
  );

async function openTape(file: string): Promise<Readable> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    const bytes = handle.createReadStream({ start: 0, highWaterMark: CHUNK_BYTES });
    const decompressor = decompressorFor(buffer.subarray(0, bytesRead));
    // The pipeline's own report is not needed: a failure of either part ends the loop over the last one.
    return decompressor ? pipeline(bytes, decompressor, () => undefined) : bytes;
  } catch (error) {
    // A folder can be opened, but not read.
    await handle.close();
    throw error;
  }
}

function decompressorFor(start: Buffer): Duplex | undefined {
  if (start.toString('hex', 0, 2) === '1f8b') return createGunzip({ chunkSize: CHUNK_BYTES });
  if (start.toString('hex') === '28b52ffd') return createZstdDecompress({ chunkSize: CHUNK_BYTES });
  return undefined;
}

function unreadable(file: string, cause: unknown): ExchangeError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ExchangeError('TAPE_UNREADABLE', `Tape ${file} cannot be read (${reason}). Check the path and the file.`, {
    file,
    cause,
  });
}
