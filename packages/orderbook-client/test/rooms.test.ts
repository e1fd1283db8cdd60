// The plan of the house: which room may import which, that no two files import each other, and that a name is found once.
import { fileURLToPath } from 'node:url';
import { readRooms } from '@trader/testkit';
import { expect, test } from 'vitest';

/** Each may import those before it. */
const rooms = ['price', 'decode', 'book', 'state', 'upkeep', 'feed', 'replay', 'recording'];

test('the rooms are those of the plan, and are passed in one order', () => {
  expect(readRooms(fileURLToPath(new URL('../src/', import.meta.url)), rooms)).toEqual({
    rooms: rooms.toSorted(),
    back: [],
    inCircles: [],
    doubledNames: [],
  });
});
