import { expect, test } from 'vitest';
import { connectionOf } from './fault-aim.ts';

const ofConnections = { group: 'connections', takesConnection: true } as const;
const ofFrames = { group: 'frames', takesConnection: true } as const;

test('what breaks a connection breaks the newest, what breaks frames those of all', () => {
  expect(connectionOf(ofConnections, null, [3, 7])).toBe(7);
  expect(connectionOf(ofConnections, null, [])).toBeNull();
  expect(connectionOf(ofFrames, null, [3, 7])).toBeNull();
});

test('what is chosen holds, as long as it is there', () => {
  expect(connectionOf(ofConnections, 'all', [3, 7])).toBeNull();
  expect(connectionOf(ofFrames, 3, [3, 7])).toBe(3);
  expect(connectionOf(ofConnections, 3, [7, 9])).toBe(9);
});

test('what can be of no connection that is open is of all', () => {
  expect(connectionOf({ group: 'handshakes', takesConnection: false }, 3, [3])).toBeNull();
});
