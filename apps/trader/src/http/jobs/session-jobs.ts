// Work on whole sessions while the trader records: one piece at a time, of whichever kind, ended by whoever asks for that, and by
// the trader's stop.
import { SessionStoreError, type SessionRow } from '@trader/session-store';
import type { EventLog } from '../../event-log.ts';
import { systemRuntime } from '../../runtime/system-runtime.ts';
import { Refused } from '../endpoint.ts';
import type { Questions } from '../questions.ts';
import type { ExportedSession } from './export-session.ts';
import { JobFailure } from './job-failure.ts';
import type { JobWork } from './job-work.ts';
import type { VerifiedSession } from './verify-session.ts';

/** Jobs that are over and whose result is kept; the oldest is forgotten. */
const JOBS_KEPT = 20;

type Results = { readonly verify: VerifiedSession; readonly export: ExportedSession };

export type JobKind = keyof Results;

export type Job<Kind extends JobKind = JobKind> = {
  readonly kind: Kind;
  readonly session: string;
  readonly state: 'running' | 'done' | 'failed' | 'canceled';
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  /** Looked at so far, of how many; more may come while it runs. */
  readonly records: number;
  readonly ofRecords: number;
  readonly result: Results[Kind] | null;
  /** The code of what it failed with. */
  readonly failure: string | null;
};

/** `null`: it cannot be done here. */
export type JobWorks = { readonly [Kind in JobKind]: JobWork<Results[Kind]> | null };

type Running = { readonly kind: JobKind; readonly session: string; readonly abort: AbortController };

const DOING: Readonly<Record<JobKind, string>> = { verify: 'verified', export: 'exported' };

export class SessionJobs {
  readonly #questions: Questions;
  readonly #works: JobWorks;
  readonly #jobs = new Map<string, Job>();
  #running: Running | null = null;
  #ended: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(questions: Questions, events: EventLog, works: JobWorks) {
    this.#questions = questions;
    this.#works = works;
    events.on((event) => {
      if (event.type === 'state' && event.to === 'shutdown') void this.close();
    });
  }

  get<Kind extends JobKind>(kind: Kind, session: string): Job<Kind> {
    const job = this.#jobs.get(keyOf(kind, session));
    if (job) return job as Job<Kind>;
    throw new Refused({ code: 'JOB_UNKNOWN', message: 'No job of this session was started, or it is no longer kept.' });
  }

  /** The one that was begun last comes first. */
  list(): readonly Job[] {
    return [...this.#jobs.values()].toReversed();
  }

  /** Begins one, unless that one is running. @throws {Refused} */
  async start<Kind extends JobKind>(kind: Kind, session: string): Promise<Job<Kind>> {
    if (this.#works[kind] === null) {
      const message = 'This trader has no folder for exports. Start it with --export-dir.';
      throw new Refused({ code: 'EXPORT_UNAVAILABLE', message });
    }
    if (this.#isRunning(kind, session)) return this.get(kind, session);
    const [row] = await this.#questions.ask('the session', async (store) => store.sessions({ id: session }));
    if (!row)
      throw new Refused({ code: 'SESSION_UNKNOWN', message: 'There is no such session. /sessions lists them.' });
    if (this.#isClosed) throw new Refused({ code: 'SHUTTING_DOWN', message: 'The trader stops.' });
    if (this.#isRunning(kind, session)) return this.get(kind, session);
    const underWay = this.#running;
    if (underWay !== null) {
      const message = `${underWay.session} is being ${DOING[underWay.kind]}, and there is one job at a time. Wait for it, or end it with a DELETE.`;
      throw new Refused({ code: 'JOB_UNDER_WAY', message });
    }
    this.#ended = this.#run(kind, row);
    return this.get(kind, session);
  }

  /** Asks it to end; it does with the page that it reads. @throws {Refused} */
  cancel<Kind extends JobKind>(kind: Kind, session: string): Job<Kind> {
    if (this.#isRunning(kind, session)) this.#running!.abort.abort();
    return this.get(kind, session);
  }

  /** Ends the one that runs, and lets none begin. Resolves when it has ended. */
  close(): Promise<void> {
    this.#isClosed = true;
    this.#running?.abort.abort();
    return this.#ended;
  }

  #isRunning(kind: JobKind, session: string): boolean {
    return this.#running?.kind === kind && this.#running.session === session;
  }

  async #run(kind: JobKind, row: SessionRow): Promise<void> {
    const { id: session, messages } = row;
    const abort = new AbortController();
    this.#running = { kind, session, abort };
    let job: Job = {
      kind,
      session,
      state: 'running',
      startedAtMs: systemRuntime.nowMs(),
      endedAtMs: null,
      records: 0,
      ofRecords: messages,
      result: null,
      failure: null,
    };
    const become = (next: Partial<Job>): void => this.#keep((job = { ...job, ...next }));
    this.#jobs.delete(keyOf(kind, session));
    become({});
    const watch = {
      signal: abort.signal,
      onProgress: (records: number) => become({ records, ofRecords: Math.max(messages, records) }),
    };
    try {
      const result = await this.#questions.run(async (store) => this.#works[kind]!(store, row, watch));
      become({ state: 'done', records: job.ofRecords, result });
    } catch (error) {
      const isOurs = SessionStoreError.isInstance(error) || error instanceof JobFailure;
      become(
        abort.signal.aborted ? { state: 'canceled' } : { state: 'failed', failure: isOurs ? error.code : 'INTERNAL' },
      );
    }
    this.#running = null;
    become({ endedAtMs: systemRuntime.nowMs() });
  }

  #keep(job: Job): void {
    this.#jobs.set(keyOf(job.kind, job.session), job);
    const [oldest] = this.#jobs.keys();
    if (this.#jobs.size > JOBS_KEPT) this.#jobs.delete(oldest!);
  }
}

const keyOf = (kind: JobKind, session: string): string => `${kind} ${session}`;
