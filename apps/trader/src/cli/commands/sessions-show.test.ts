import { describe, expect, test } from 'vitest';
import type { SessionDetails } from '../output/session-details.ts';
import { detailsText } from './sessions-show.ts';

const startedAtMs = Date.UTC(2026, 7, 10, 21);
const counters = { messages: 1_302, snapshots: 2, deltas: 1_300, trades: 0, raw: 0, facts: 0, gaps: 3, shed: 0 };

const details: SessionDetails = {
  session: {
    id: 'this',
    recorder: 'desk',
    status: 'health_failure',
    startedAtMs,
    endedAtMs: startedAtMs + 65_000,
    endReason: 'no connection',
    continues: 'before',
    lastRecordAtMs: startedAtMs + 60_000,
    owner: 'host/1',
    fencingToken: 2,
    leaseUntilMs: null,
    ...counters,
  },
  continuedBy: ['after', 'later'],
  recorder: { name: 'desk', createdAtMs: 0, ...counters, messages: 900_000 },
  gapsByCause: [
    { cause: 'violation', gaps: 2 },
    { cause: 'disconnected', gaps: 1 },
  ],
  ledger: [
    {
      epoch: 1,
      sid: 1,
      firstSeq: 7,
      lastSeq: 9,
      fromAtMs: startedAtMs,
      toAtMs: startedAtMs + 1,
      cause: 'violation',
      market: 'KXA',
    },
    {
      epoch: 1,
      sid: null,
      firstSeq: null,
      lastSeq: null,
      fromAtMs: startedAtMs,
      toAtMs: null,
      cause: 'disconnected',
      market: null,
    },
  ],
};

describe('a session for people', () => {
  const line = (begin: string, of = details) =>
    detailsText(of)
      .split('\n')
      .find((text) => text.startsWith(begin));

  test('says how it ended, after how long, and its neighbours', () => {
    expect(line('status')).toBe('status        health_failure: no connection');
    expect(line('ended')).toBe('ended         2026-08-10T21:01:05.000Z (after 1 min 05 s)');
    expect(line('continues')).toBe('continues     before');
    expect(line('continued by')).toBe('continued by  after, later');
    expect(line('owner')).toBe('owner         host/1, fencing token 2');
  });

  test("has the session's counters beside those of its recorder's lifetime", () => {
    expect(line('messages')).toBe('messages   1,302    900,000');
  });

  test('has the ledger, and says how much of it is not shown', () => {
    expect(line('gaps:')).toBe('gaps: 3 (violation 2, disconnected 1)');
    expect(line('1      1')).toMatch(/1 +1 +7 +9 +2026\S+ +2026\S+ +violation +KXA$/);
    expect(line('1      -')).toMatch(/1 +- +- +- +2026\S+ +- +disconnected +all$/);
    expect(line('…')).toBe('… and 1 more (--gaps 3 shows them all)');
  });

  test('one without gaps says so', () => {
    expect(detailsText({ ...details, gapsByCause: [], ledger: [] })).toContain('The ledger names no gap.');
  });

  test('one that is active has neither end nor reason', () => {
    const session = { ...details.session, status: 'active', endedAtMs: null, endReason: null } as const;
    expect(line('status', { ...details, session })).toBe('status        active');
    expect(line('ended', { ...details, session })).toBe('ended         -');
  });
});
