import { describe, expect, test } from 'vitest';
import { requireOwnership, type OwnedSession } from './owned-session.ts';

const owned: OwnedSession = { id: 'an-id', recorder: 'r', fencingToken: 3, status: 'active' };
const row = { fencing_token: 3, status: 'active', lease_until: new Date(0), owner: 'me', end_reason: null };
const adopted: OwnedSession = { ...owned, status: 'reclaimed' };

describe('a session is ours', () => {
  test('while the token is, however long ago the lease ran out', () => {
    expect(requireOwnership(row, owned)).toBe(row);
  });

  test('while it is reclaimed only if we adopted it', () => {
    const reclaimed = { ...row, status: 'reclaimed' };
    expect(requireOwnership(reclaimed, adopted)).toBe(reclaimed);
    expect(() => requireOwnership(reclaimed, owned)).toThrow(expect.objectContaining({ code: 'SESSION_FENCED' }));
    expect(() => requireOwnership(row, adopted)).toThrow(expect.objectContaining({ code: 'SESSION_CLOSED' }));
  });
});

test.each([
  ['was taken', { ...row, fencing_token: 4, owner: 'them' }, 'SESSION_FENCED', 'belongs to them now'],
  ['was taken by somebody with an older token', { ...row, fencing_token: 2 }, 'SESSION_FENCED', 'belongs to me now'],
  [
    'was reclaimed',
    { ...row, status: 'reclaimed', lease_until: null, end_reason: 'owner gone' },
    'SESSION_FENCED',
    'was reclaimed (owner gone)',
  ],
  ['was ended', { ...row, status: 'error', lease_until: null }, 'SESSION_CLOSED', 'is error in the database'],
  ['was let go of', { ...row, lease_until: null }, 'SESSION_CLOSED', 'is active in the database'],
  ['is not there', null, 'SESSION_DIVERGED', 'is not in the database any more'],
])('a session that %s is not ours', (_, found, code, why) => {
  const refused = () => requireOwnership(found, owned);
  expect(refused).toThrow(expect.objectContaining({ code, retryable: false }));
  expect(refused).toThrow(why);
});
