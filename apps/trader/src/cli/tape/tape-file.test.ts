import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { temporaryFolder, type TemporaryFolder } from '@trader/testkit';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { TapeFile } from './tape-file.ts';

/** A fact that has to come, on a busy machine too. */
const SOON = { timeout: 30_000 };

let folder: TemporaryFolder;
beforeEach(() => void (folder = temporaryFolder()));
afterEach(() => folder.remove());

const create = (name: string) =>
  TapeFile.create({ path: join(folder.path, name), onPressure: () => undefined, onFailure: () => undefined });

describe('TapeFile', () => {
  test('is plain, or gzip or Zstandard by its name, and whole once it is closed', async () => {
    for (const [name, read] of [
      ['t.ndjson', readFileSync],
      ['t.ndjson.gz', (path: string) => gunzipSync(readFileSync(path))],
      ['t.jsonl.zst', (path: string) => zstdDecompressSync(readFileSync(path))],
    ] as const) {
      const file = await create(name);
      file.write('{"a":1}\n');
      file.write('{"b":2}\n');
      await file.close();
      expect(String(read(join(folder.path, name)))).toBe('{"a":1}\n{"b":2}\n');
    }
  });

  test('writes over nobody', async () => {
    writeFileSync(join(folder.path, 't.ndjson'), 'mine');
    await expect(create('t.ndjson')).rejects.toMatchObject({
      code: 'TAPE_UNWRITABLE',
      message: expect.stringContaining('it is there already'),
    });
    expect(readFileSync(join(folder.path, 't.ndjson'), 'utf8')).toBe('mine');
  });

  test('asks for a pause when the disk is behind, and says when it has caught up', async () => {
    const waiting: (() => void)[] = [];
    const slow = new Writable({ highWaterMark: 1, write: (_bytes, _encoding, done) => void waiting.push(done) });
    const pressure: boolean[] = [];
    const onPressure = (isBehind: boolean) => void pressure.push(isBehind);
    const file = new TapeFile(slow, { path: 't.ndjson', onPressure, onFailure: () => undefined });
    for (let piece = 0; !pressure.includes(true); piece++) {
      expect(piece).toBeLessThan(20);
      file.write(`${'x'.repeat(500_000)}\n`);
      await new Promise((resolve) => void setImmediate(resolve));
    }
    const catchingUp = setInterval(() => waiting.shift()?.(), 1);
    await vi.waitFor(() => expect(pressure).toEqual([true, false]), SOON);
    await file.close();
    clearInterval(catchingUp);
  });

  test('tells when it breaks off, and again at the close', async () => {
    const broke = Promise.withResolvers<string>();
    const full = new Writable({ write: (_bytes, _encoding, done) => done(new Error('no space left')) });
    const file = new TapeFile(full, {
      path: 't.ndjson',
      onPressure: () => undefined,
      onFailure: ({ code }) => broke.resolve(code),
    });
    file.write('x\n');
    expect(await broke.promise).toBe('TAPE_UNWRITABLE');
    file.write('y\n');
    await expect(file.close()).rejects.toThrow('the tape t.ndjson broke off (no space left)');
  });
});
