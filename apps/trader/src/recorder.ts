// From the feed into the open session. Between sessions it keeps what belongs to the next one: a session is opened only
// when the feed is live, and by then its snapshots have long come.
import type { OrderbookClient } from '@trader/orderbook-client';
import type { RecordingSession, StoreRecord } from '@trader/session-store';
import { eventToRecord, RECORDED_EVENTS, type RecordedEvent } from './adapters/event-to-record.ts';

/** Records kept while a session is being opened; beyond it the feed is not read. */
const MAX_WAITING = 100_000;

export type RecorderCounters = {
  /** Records kept for the session that is being opened. */
  readonly waiting: number;
  /** Records that no session took: they came between two, or the store refused them. */
  readonly unrecorded: number;
  /** Times that reading paused because the store was behind. */
  readonly pauses: number;
};

export class Recorder {
  readonly #client: OrderbookClient;
  readonly #onSessionFailed: (error: unknown) => void;
  #session: RecordingSession | null = null;
  #waiting: StoreRecord[] | null = null;
  #unrecorded = 0;
  #pauses = 0;
  #draining = false;

  /** @param onSessionFailed the session takes no more records; called for each that it refuses */
  constructor(client: OrderbookClient, onSessionFailed: (error: unknown) => void) {
    this.#client = client;
    this.#onSessionFailed = onSessionFailed;
    const take = (event: RecordedEvent): void => this.#take(eventToRecord(event));
    for (const type of RECORDED_EVENTS) client.on(type, take);
    client.on('status', ({ to }) => {
      if (to !== 'subscribing' || this.#session) return;
      // A new epoch: what comes now is complete from its first number on. What was kept of the last one is not.
      this.#unrecorded += this.#waiting?.length ?? 0;
      this.#waiting = [];
    });
  }

  get session(): RecordingSession | null {
    return this.#session;
  }

  get counters(): RecorderCounters {
    return { waiting: this.#waiting?.length ?? 0, unrecorded: this.#unrecorded, pauses: this.#pauses };
  }

  /** Records into `session` from now on, beginning with what was kept for it. */
  attach(session: RecordingSession): void {
    this.#session = session;
    const waiting = this.#waiting ?? [];
    this.#waiting = null;
    for (const record of waiting) this.#append(session, record);
    if (!this.#draining) this.#client.resume();
  }

  /** Stops recording; the session is the caller's to close. */
  detach(): RecordingSession | null {
    const session = this.#session;
    this.#session = null;
    return session;
  }

  #take(record: StoreRecord): void {
    if (this.#session) return this.#append(this.#session, record);
    if (!this.#waiting) {
      this.#unrecorded++;
      return;
    }
    this.#waiting.push(record);
    if (this.#waiting.length >= MAX_WAITING) this.#client.pause();
  }

  #append(session: RecordingSession, record: StoreRecord): void {
    let keepsUp: boolean;
    try {
      keepsUp = session.append(record);
    } catch (error) {
      this.#unrecorded++;
      this.#onSessionFailed(error);
      return;
    }
    if (!keepsUp) void this.#waitFor(session);
  }

  /** The store is behind. What is not read waits in the network, and nothing is lost. */
  async #waitFor(session: RecordingSession): Promise<void> {
    if (this.#draining) return;
    this.#draining = true;
    this.#pauses++;
    this.#client.pause();
    try {
      await session.drained();
    } catch (error) {
      this.#onSessionFailed(error);
    } finally {
      this.#draining = false;
      this.#client.resume();
    }
  }
}
