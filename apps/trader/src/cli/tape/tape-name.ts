import { createGzip, createZstdCompress } from 'node:zlib';
import { PassThrough, type Transform } from 'node:stream';

/** A tape's name says how it is written. One that promises something else would be plain all the same. */
export const TAPE_ENDINGS = ['.ndjson', '.ndjson.gz', '.ndjson.zst', '.jsonl', '.jsonl.gz', '.jsonl.zst'] as const;

export const isTapeName = (name: string): boolean => TAPE_ENDINGS.some((ending) => name.endsWith(ending));

export const compressorFor = (name: string): Transform =>
  name.endsWith('.gz') ? createGzip() : name.endsWith('.zst') ? createZstdCompress() : new PassThrough();
