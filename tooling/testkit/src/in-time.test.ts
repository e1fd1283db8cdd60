import { expect, test } from 'vitest';
import { inTime } from './in-time.ts';

const instead = () => 'three of four came';

test('what comes in time is given, and what fails fails as it did', async () => {
  expect(await inTime(Promise.resolve(7), instead)).toBe(7);
  await expect(inTime(Promise.reject(new Error('broken')), instead)).rejects.toThrow('broken');
});

test('what does not come fails with what was there instead', async () => {
  const never = new Promise<void>(() => undefined);
  await expect(inTime(never, instead, 10)).rejects.toThrow('Not after 0.01 s: three of four came');
});
