import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { freeBytes, needRoom } from './disk-room.ts';

const MiB = 2 ** 20;
const asked = async (freeMiB: number, makesRoom: boolean) =>
  needRoom('/data', 'Writing a batch', async () => freeMiB * MiB, makesRoom).then(
    () => 'goes on',
    (error: unknown) => error,
  );

test.each([
  { freeMiB: 32, makesRoom: false },
  { freeMiB: 8, makesRoom: true },
  { freeMiB: Infinity, makesRoom: false },
])('with $freeMiB MiB left it goes on (to make room: $makesRoom)', async ({ freeMiB, makesRoom }) => {
  expect(await asked(freeMiB, makesRoom)).toBe('goes on');
});

test.each([
  { freeMiB: 31.9, makesRoom: false },
  { freeMiB: 7.9, makesRoom: true },
  { freeMiB: 0, makesRoom: true },
])('with $freeMiB MiB left it waits for room (to make room: $makesRoom)', async ({ freeMiB, makesRoom }) => {
  expect(await asked(freeMiB, makesRoom)).toMatchObject({
    code: 'DATABASE_OVERLOADED',
    retryable: true,
    message: `Writing a batch failed: the disk of /data has ${Math.floor(freeMiB)} MiB left, and the embedded database keeps 32 free. Make room on it; then it goes on by itself.`,
  });
});

test('a folder whose disk cannot be asked is taken to have room', async () => {
  expect(await freeBytes('/there is no such folder')).toBe(Infinity);
  expect(await freeBytes(tmpdir())).toBeGreaterThan(0);
});
