import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, expect, test, vi } from 'vitest';
import { followFile } from '../follow-file.mjs';

const folder = mkdtempSync(join(tmpdir(), 'trader-follow-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a file is copied while it grows, and to its end', async () => {
  const file = join(folder, 'log');
  const first = 'x'.repeat(200_000);
  writeFileSync(file, first);
  let copied = '';
  const out = new PassThrough().on('data', (text) => (copied += String(text)));
  const done = followFile(file, out);
  await vi.waitFor(() => expect(copied).toHaveLength(200_000), { timeout: 60_000 });
  appendFileSync(file, 'the end');
  done();
  await vi.waitFor(() => expect(copied === `${first}the end`, `copied ${copied.length}`).toBe(true), {
    timeout: 60_000,
  });
});
