import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SmallDisk } from './small-disk.ts';

const missing = SmallDisk.refusal();

describe.skipIf(missing)(`a small disk${missing ? ` (skipped: ${missing})` : ''}`, () => {
  test('is full when it is filled, has room again when it is cleared, and is gone at the end', () => {
    using disk = SmallDisk.mount(2 ** 20) as SmallDisk;
    const write = () => writeFileSync(join(disk.path, 'mine'), new Uint8Array(200_000));
    disk.fill();
    expect(disk.freeBytes).toBe(0);
    expect(write).toThrow(expect.objectContaining({ code: 'ENOSPC' }));
    disk.clear();
    disk.fill(300_000);
    write();
    expect(readdirSync(disk.path)).toEqual(['filler', 'mine']);
    disk[Symbol.dispose]();
    expect(() => readdirSync(disk.path)).toThrow(expect.objectContaining({ code: 'ENOENT' }));
  });
});
