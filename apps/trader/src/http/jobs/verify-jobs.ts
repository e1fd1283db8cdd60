// Sessions that are verified while the trader records: one at a time, ended by whoever asks for that, and by the trader's stop.
import { ONE_DOLLAR } from '@trader/orderbook-client';
import { SessionStoreError, type SessionRow, type Verification } from '@trader/session-store';
import type { EventLog } from '../../event-log.ts';
import { systemRuntime } from '../../runtime/system-runtime.ts';
import { Refused } from '../endpoint.ts';
import type { Questions } from '../questions.ts';

/** Jobs that are over and whose result is kept; the oldest is forgotten. */
const JOBS_KEPT = 20;

export type VerifyJob = {
  readonly session: string;
  readonly state: 'running' | 'done' | 'failed' | 'canceled';
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  /** Looked at so far, of how many; more may come while it runs. */
  readonly records: number;
  readonly ofRecords: number;
  /** Without the markets, of which there may be a hundred thousand. */
  readonly result: (Omit<Verification, 'markets' | 'session'> & { readonly markets: number }) | null;
  /** The code of what it failed with. */
  readonly failure: string | null;
};

export class VerifyJobs {
  readonly #questions: Questions;
  readonly #jobs = new Map<string, VerifyJob>();
  #running: { readonly session: string; readonly abort: AbortController } | null = null;
  #isClosed = false;

  constructor(questions: Questions, events: EventLog) {
    this.#questions = questions;
    events.on((event) => {
      if (event.type === 'state' && event.to === 'shutdown') this.close();
    });
  }

  get #underWay(): string | null {
    return this.#running?.session ?? null;
  }

  get(session: string): VerifyJob {
    const job = this.#jobs.get(session);
    if (job) return job;
    throw new Refused({ code: 'JOB_UNKNOWN', message: 'No job of this session was started, or it is no longer kept.' });
  }

  /** The one that was begun last comes first. */
  list(): readonly VerifyJob[] {
    return [...this.#jobs.values()].toReversed();
  }

  /** Begins one, unless that one is running. @throws {Refused} */
  async start(session: string): Promise<VerifyJob> {
    if (this.#underWay === session) return this.get(session);
    const [row] = await this.#questions.ask('the session', async (store) => store.sessions({ id: session }));
    if (!row)
      throw new Refused({ code: 'SESSION_UNKNOWN', message: 'There is no such session. /sessions lists them.' });
    if (this.#isClosed) throw new Refused({ code: 'SHUTTING_DOWN', message: 'The trader stops.' });
    const underWay = this.#underWay;
    if (underWay === session) return this.get(session);
    if (underWay !== null) {
      const message = `${underWay} is being verified, and one is at a time. Wait for it, or end it with a DELETE.`;
      throw new Refused({ code: 'JOB_UNDER_WAY', message });
    }
    void this.#run(row);
    return this.get(session);
  }

  /** Asks it to end; it does with the page that it reads. @throws {Refused} */
  cancel(session: string): VerifyJob {
    if (this.#running?.session === session) this.#running.abort.abort();
    return this.get(session);
  }

  close(): void {
    this.#isClosed = true;
    this.#running?.abort.abort();
  }

  async #run({ id: session, messages }: SessionRow): Promise<void> {
    const abort = new AbortController();
    this.#running = { session, abort };
    let job: VerifyJob = {
      session,
      state: 'running',
      startedAtMs: systemRuntime.nowMs(),
      endedAtMs: null,
      records: 0,
      ofRecords: messages,
      result: null,
      failure: null,
    };
    const become = (next: Partial<VerifyJob>): void => this.#keep((job = { ...job, ...next }));
    become({});
    const options = {
      maxPriceSum: ONE_DOLLAR,
      signal: abort.signal,
      onProgress: (records: number) => become({ records, ofRecords: Math.max(messages, records) }),
    };
    try {
      const verified = await this.#questions.run((store) => store.verify(session, options));
      const { ok, laws, numbers, markets } = verified;
      become({ state: 'done', records: job.ofRecords, result: { ok, laws, numbers, markets: markets.length } });
    } catch (error) {
      const failure = SessionStoreError.isInstance(error) ? error.code : 'INTERNAL';
      become(abort.signal.aborted ? { state: 'canceled' } : { state: 'failed', failure });
    }
    this.#running = null;
    become({ endedAtMs: systemRuntime.nowMs() });
  }

  #keep(job: VerifyJob): void {
    if (job.state === 'running' && job.records === 0) this.#jobs.delete(job.session);
    this.#jobs.set(job.session, job);
    const [oldest] = this.#jobs.keys();
    if (this.#jobs.size > JOBS_KEPT) this.#jobs.delete(oldest!);
  }
}
