import { createGzip, createZstdCompress } from 'node:zlib';
import { PassThrough, type Transform } from 'node:stream';

/** Each is the end of the files' names. Parquet compresses inside, with Snappy unless told. */
export const exportFormats = [
  'parquet',
  'zst.parquet',
  'csv',
  'csv.gz',
  'csv.zst',
  'jsonl',
  'jsonl.gz',
  'jsonl.zst',
] as const;

export type ExportFormat = (typeof exportFormats)[number];

/** How rows are written, whatever it is compressed with. */
export type Encoding = 'parquet' | 'csv' | 'jsonl';

export const encodingOf = (format: ExportFormat): Encoding =>
  format.split('.').find((part) => part === 'parquet' || part === 'csv' || part === 'jsonl') as Encoding;

/** What the whole file is compressed with; `null` where it is not. */
export const compressionOf = (format: ExportFormat): 'gz' | 'zst' | null =>
  format.endsWith('.gz') ? 'gz' : format.endsWith('.zst') ? 'zst' : null;

/** What a file's bytes go through on their way to the disk. */
export function compressorFor(format: ExportFormat): Transform {
  const compression = compressionOf(format);
  return compression === 'gz' ? createGzip() : compression === 'zst' ? createZstdCompress() : new PassThrough();
}
