import type { SessionRow, Verification, VerifyOptions } from '@trader/session-store';
import { describe, expect, test, vi } from 'vitest';
import { EventLog } from '../../event-log.ts';
import type { TraderView } from '../../status.ts';
import { Refused } from '../endpoint.ts';
import { Questions } from '../questions.ts';
import { SessionJobs, type JobWorks } from './session-jobs.ts';
import { verifySession } from './verify-session.ts';

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
  const exports: { readonly end: () => void }[] = [];
  const works: JobWorks = {
    verify: verifySession,
    export: (_store, _session, { signal }) =>
      new Promise((resolve, reject) => {
        const nothing = { folder: 'x', files: [], coverageFile: 'x', damaged: 0 };
        exports.push({ end: () => resolve(nothing) });
        signal.addEventListener('abort', () => reject(signal.reason as Error));
      }),
  };
  return { jobs: new SessionJobs(new Questions(() => store), events, works), asked, exports, events, works };
}

const codeOf = async (work: () => unknown): Promise<string> => {
  try {
    await work();
    return 'none';
  } catch (error) {
    return error instanceof Refused ? error.refusal.code : String(error);
  }
};

describe('SessionJobs', () => {
  test('runs one at a time, tells how far it is, and keeps what it found', async () => {
    const { jobs, asked } = world();
    await jobs.start('verify', 'a');
    asked[0]!.options.onProgress!(40);
    expect(jobs.get('verify', 'a')).toMatchObject({ state: 'running', records: 40, ofRecords: 100, result: null });
    expect((await jobs.start('verify', 'a')).records).toBe(40);
    expect(await codeOf(() => jobs.start('verify', 'b'))).toBe('JOB_UNDER_WAY');
    expect(await codeOf(() => jobs.start('verify', 'nobody'))).toBe('SESSION_UNKNOWN');
    expect(await codeOf(() => jobs.get('verify', 'b'))).toBe('JOB_UNKNOWN');
    asked[0]!.done();
    await vi.waitFor(() => expect(jobs.get('verify', 'a').endedAtMs).not.toBeNull(), 30_000);
    expect(jobs.get('verify', 'a')).toMatchObject({ state: 'done', records: 100, result: { ok: true, markets: 0 } });
    expect(asked).toHaveLength(1);
  });

  test('lists what is under way and what is kept, the one that was begun last first', async () => {
    const { jobs, asked } = world();
    expect(jobs.list()).toEqual([]);
    await jobs.start('verify', 'a');
    asked[0]!.done();
    await vi.waitFor(() => expect(jobs.get('verify', 'a').endedAtMs).not.toBeNull(), 30_000);
    await jobs.start('verify', 'b');
    expect(jobs.list().map(({ session, state }) => [session, state])).toEqual([
      ['b', 'running'],
      ['a', 'done'],
    ]);
    asked[1]!.done();
    await vi.waitFor(() => expect(jobs.get('verify', 'b').endedAtMs).not.toBeNull(), 30_000);
    await jobs.start('verify', 'a');
    expect(jobs.list().map(({ session }) => session)).toEqual(['a', 'b']);
  });

  test('has one place for all kinds, and tells them apart', async () => {
    const { jobs, asked, exports } = world();
    await jobs.start('export', 'a');
    expect(await codeOf(() => jobs.start('verify', 'a'))).toBe('JOB_UNDER_WAY');
    expect(await codeOf(() => jobs.get('verify', 'a'))).toBe('JOB_UNKNOWN');
    expect(asked).toHaveLength(0);
    exports[0]!.end();
    await vi.waitFor(() => expect(jobs.get('export', 'a').endedAtMs).not.toBeNull(), 30_000);
    await jobs.start('verify', 'a');
    expect(jobs.list().map(({ kind, session, state }) => [kind, session, state])).toEqual([
      ['verify', 'a', 'running'],
      ['export', 'a', 'done'],
    ]);
    expect(await codeOf(() => jobs.cancel('export', 'a'))).toBe('none');
    expect(jobs.get('verify', 'a').state).toBe('running');
  });

  test('has none of a kind that cannot be done here', async () => {
    const { works } = world();
    const jobs = new SessionJobs(new Questions(() => null), new EventLog('x'), { ...works, export: null });
    expect(await codeOf(() => jobs.start('export', 'a'))).toBe('EXPORT_UNAVAILABLE');
  });

  test('is closed when the one that ran has ended', async () => {
    const { jobs } = world();
    await jobs.start('export', 'a');
    await jobs.close();
    expect(jobs.get('export', 'a')).toMatchObject({ state: 'canceled', endedAtMs: expect.any(Number) });
  });

  test('of two that ask at once one gets it', async () => {
    const { jobs, asked } = world();
    const codes = await Promise.all([codeOf(() => jobs.start('verify', 'a')), codeOf(() => jobs.start('verify', 'b'))]);
    expect(codes.toSorted()).toEqual(['JOB_UNDER_WAY', 'none']);
    expect(asked).toHaveLength(1);
  });

  test('is ended by whoever asks for that, and by the stop of the trader, after which none begins', async () => {
    const { jobs, events } = world();
    await jobs.start('verify', 'a');
    jobs.cancel('verify', 'a');
    await vi.waitFor(() => expect(jobs.get('verify', 'a').endedAtMs).not.toBeNull(), 30_000);
    expect(jobs.get('verify', 'a').state).toBe('canceled');
    await jobs.start('verify', 'b');
    events.add({ type: 'state', to: 'shutdown' } as Parameters<EventLog['add']>[0]);
    await vi.waitFor(() => expect(jobs.get('verify', 'b').state).toBe('canceled'), 30_000);
    expect(await codeOf(() => jobs.start('verify', 'c'))).toBe('SHUTTING_DOWN');
  });

  test('keeps the latest 20', async () => {
    const { jobs, asked } = world();
    for (let number = 0; number < 25; number++) {
      await jobs.start('verify', `s${number}`);
      asked.at(-1)!.done();
      await vi.waitFor(() => expect(jobs.get('verify', `s${number}`).endedAtMs).not.toBeNull(), {
        timeout: 30_000,
        interval: 1,
      });
    }
    expect(await codeOf(() => jobs.get('verify', 's4'))).toBe('JOB_UNKNOWN');
    expect(jobs.get('verify', 's5').state).toBe('done');
  });
});
