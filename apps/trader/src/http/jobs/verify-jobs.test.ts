import type { SessionRow, Verification, VerifyOptions } from '@trader/session-store';
import { describe, expect, test, vi } from 'vitest';
import { EventLog } from '../../event-log.ts';
import type { TraderView } from '../../status.ts';
import { Refused } from '../endpoint.ts';
import { Questions } from '../questions.ts';
import { VerifyJobs } from './verify-jobs.ts';

/** Jobs over a store whose verifications wait to be ended by the test, or by their signal. */
function world() {
  const asked: { readonly done: () => void; readonly options: VerifyOptions }[] = [];
  const store = {
    sessions: async ({ id }: { readonly id: string }) =>
      id === 'nobody' ? [] : ([{ id, messages: 100 }] as unknown as SessionRow[]),
    verify: (session: string, options: VerifyOptions) =>
      new Promise<Verification>((resolve, reject) => {
        const verified = { session, ok: true, laws: [], numbers: { expected: 9, missing: 0 }, markets: [] };
        asked.push({ done: () => resolve(verified), options });
        options.signal!.addEventListener('abort', () => reject(options.signal!.reason as Error));
      }),
  } as unknown as TraderView['sessionStore'];
  const events = new EventLog('x');
  return { jobs: new VerifyJobs(new Questions(() => store), events), asked, events };
}

const codeOf = async (work: () => unknown): Promise<string> => {
  try {
    await work();
    return 'none';
  } catch (error) {
    return error instanceof Refused ? error.refusal.code : String(error);
  }
};

describe('VerifyJobs', () => {
  test('runs one at a time, tells how far it is, and keeps what it found', async () => {
    const { jobs, asked } = world();
    await jobs.start('a');
    asked[0]!.options.onProgress!(40);
    expect(jobs.get('a')).toMatchObject({ state: 'running', records: 40, ofRecords: 100, result: null });
    expect((await jobs.start('a')).records).toBe(40);
    expect(await codeOf(() => jobs.start('b'))).toBe('JOB_UNDER_WAY');
    expect(await codeOf(() => jobs.start('nobody'))).toBe('SESSION_UNKNOWN');
    expect(await codeOf(() => jobs.get('b'))).toBe('JOB_UNKNOWN');
    asked[0]!.done();
    await vi.waitFor(() => expect(jobs.get('a').endedAtMs).not.toBeNull(), 30_000);
    expect(jobs.get('a')).toMatchObject({ state: 'done', records: 100, result: { ok: true, markets: 0 } });
    expect(asked).toHaveLength(1);
  });

  test('lists what is under way and what is kept, the one that was begun last first', async () => {
    const { jobs, asked } = world();
    expect(jobs.list()).toEqual([]);
    await jobs.start('a');
    asked[0]!.done();
    await vi.waitFor(() => expect(jobs.get('a').endedAtMs).not.toBeNull(), 30_000);
    await jobs.start('b');
    expect(jobs.list().map(({ session, state }) => [session, state])).toEqual([
      ['b', 'running'],
      ['a', 'done'],
    ]);
    asked[1]!.done();
    await vi.waitFor(() => expect(jobs.get('b').endedAtMs).not.toBeNull(), 30_000);
    await jobs.start('a');
    expect(jobs.list().map(({ session }) => session)).toEqual(['a', 'b']);
  });

  test('of two that ask at once one gets it', async () => {
    const { jobs, asked } = world();
    const codes = await Promise.all([codeOf(() => jobs.start('a')), codeOf(() => jobs.start('b'))]);
    expect(codes.toSorted()).toEqual(['JOB_UNDER_WAY', 'none']);
    expect(asked).toHaveLength(1);
  });

  test('is ended by whoever asks for that, and by the stop of the trader, after which none begins', async () => {
    const { jobs, events } = world();
    await jobs.start('a');
    jobs.cancel('a');
    await vi.waitFor(() => expect(jobs.get('a').endedAtMs).not.toBeNull(), 30_000);
    expect(jobs.get('a').state).toBe('canceled');
    await jobs.start('b');
    events.add({ type: 'state', to: 'shutdown' } as Parameters<EventLog['add']>[0]);
    await vi.waitFor(() => expect(jobs.get('b').state).toBe('canceled'), 30_000);
    expect(await codeOf(() => jobs.start('c'))).toBe('SHUTTING_DOWN');
  });

  test('keeps the latest 20', async () => {
    const { jobs, asked } = world();
    for (let number = 0; number < 25; number++) {
      await jobs.start(`s${number}`);
      asked.at(-1)!.done();
      await vi.waitFor(() => expect(jobs.get(`s${number}`).endedAtMs).not.toBeNull(), { timeout: 30_000, interval: 1 });
    }
    expect(await codeOf(() => jobs.get('s4'))).toBe('JOB_UNKNOWN');
    expect(jobs.get('s5').state).toBe('done');
  });
});
