import { expect, test } from 'vitest';
import { SessionStoreError } from '../errors.ts';
import { QueueRoom } from './queue-room.ts';

/** At most 10 records or 100 bytes, and room again at 4 and 40; a record is ten bytes here. */
function setUp() {
  const taken = { totalRecords: 0, totalBytes: 0 };
  const spool = { taken: 0, takenMemory: 0 };
  const marks = {
    whenFull: 'shed',
    highWaterRecords: 10,
    highWaterBytes: 100,
    lowWaterRecords: 4,
    lowWaterBytes: 40,
  } as const;
  const room = new QueueRoom(marks, taken, spool);
  const take = (records: number, bytes = records * 10) => {
    taken.totalRecords += records;
    taken.totalBytes += bytes;
  };
  return { room, spool, take };
}

test('is full above a mark, of records or of bytes, and has room at both others', () => {
  const { room, take } = setUp();
  take(10);
  expect([room.isFull, room.hasRoom]).toEqual([false, false]);
  take(1, 0);
  expect([room.isFull, room.records, room.bytes]).toEqual([true, 11, 100]);
  room.committed({ records: 6, bytes: 59 });
  expect([room.isFull, room.hasRoom, room.bytes]).toEqual([false, false, 41]);
  room.committed({ records: 1, bytes: 1 });
  expect([room.hasRoom, room.records, room.bytes]).toEqual([true, 4, 40]);
  take(0, 61);
  expect(room.isFull).toBe(true);
});

test('what the spool has takes none', () => {
  const { room, spool, take } = setUp();
  take(12);
  spool.taken = 8;
  spool.takenMemory = 80;
  expect([room.uncommitted, room.records, room.bytes, room.hasRoom]).toEqual([12, 4, 40, true]);
});

test('once full it sheds until there is room', () => {
  const { room, take } = setUp();
  take(10);
  expect(room.mustShed()).toBe(false);
  take(1);
  expect(room.mustShed()).toBe(true);
  room.committed({ records: 6, bytes: 60 });
  expect(room.mustShed()).toBe(true);
  room.committed({ records: 1, bytes: 10 });
  expect(room.mustShed()).toBe(false);
  take(4);
  expect(room.mustShed()).toBe(false);
});

test('all who wait go on once there is room, or are told what failed', async () => {
  const { room, take } = setUp();
  await room.wait();
  take(11);
  let gone = 0;
  const waiting = [room.wait(), room.wait()].map(async (wait) => wait.then(() => void gone++));
  room.release();
  await Promise.resolve();
  expect(gone).toBe(0);
  room.committed({ records: 7, bytes: 70 });
  room.release();
  await Promise.all(waiting);
  expect(gone).toBe(2);

  take(7);
  const told: unknown[] = [];
  for (const wait of [room.wait(), room.wait()]) wait.catch((error: unknown) => told.push(error));
  const error = new SessionStoreError('QUERY_FAILED', 'It failed.');
  room.fail(error);
  await new Promise((resolve) => setImmediate(resolve));
  expect(told).toEqual([error, error]);
});
