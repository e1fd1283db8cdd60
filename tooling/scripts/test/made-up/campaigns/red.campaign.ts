// Each way in which a run can go wrong.
import { beforeAll, describe, expect, test } from 'vitest';

test('fails', () => expect({ kept: 6, lost: [] }).toEqual({ kept: 7, lost: [] }));

describe('a suite', () => {
  beforeAll(() => {
    throw new Error('no database');
  });
  test('is skipped, since its hook threw', () => expect(1).toBe(1));
});

test('leaves an error that nobody catches', async () => {
  setTimeout(() => {
    throw new Error('too late');
  });
  await new Promise((resolve) => {
    setTimeout(resolve, 10);
  });
  expect(1).toBe(1);
});
