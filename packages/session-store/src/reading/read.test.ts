import { expect, test } from 'vitest';
import { SessionStoreError } from '../errors.ts';
import { againAfterDeadlock, ahead, type Read } from './read.ts';

const failing = (sqlState: string, times: number) => {
  let asked = 0;
  const read: Read = async () => {
    if (++asked <= times) throw new SessionStoreError('QUERY_FAILED', 'it failed', { sqlState });
    return [{ asked }];
  };
  return { read: againAfterDeadlock(read), asked: () => asked };
};

const statement = { text: 'select', parameters: [] };

test('asks again after a deadlock, not for ever, and after nothing else', async () => {
  expect(await failing('40P01', 4).read(statement, 'Reading')).toEqual([{ asked: 5 }]);
  const hopeless = failing('40P01', 100);
  await expect(hopeless.read(statement, 'Reading')).rejects.toMatchObject({ sqlState: '40P01' });
  expect(hopeless.asked()).toBe(5);
  const other = failing('42P01', 1);
  await expect(other.read(statement, 'Reading')).rejects.toMatchObject({ sqlState: '42P01' });
  expect(other.asked()).toBe(1);
});

test('asks for one page ahead, and closes what it reads from when it is left', async () => {
  const asked: number[] = [];
  let closed = false;
  const pages = async function* () {
    try {
      for (let page = 1; ; page++) {
        asked.push(page);
        yield page;
      }
    } finally {
      closed = true;
    }
  };
  for await (const page of ahead(pages())) {
    expect(asked).toEqual(Array.from({ length: page + 1 }, (_, index) => index + 1));
    if (page === 3) break;
  }
  expect(closed).toBe(true);
});
