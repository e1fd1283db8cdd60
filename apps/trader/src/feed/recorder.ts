// From the feed into the open session. Between sessions it keeps what belongs to the next one: a session is opened only
// when the feed is live, and by then its snapshots have long come.
import type { OrderbookClient } from '@trader/orderbook-client';
import {
  SessionStoreError,
  type ExchangeRecord,
  type GapRecord,
  type MarketRecord,
  type RecordingSession,
  type StoreRecord,
} from '@trader/session-store';
import { eventToRecord, RECORDED_EVENTS, type RecordedEvent } from '@trader/orderbook-client/records';
import { FeedReading, type PauseCause, type ReadingView, type Unread } from './feed-reading.ts';
import { systemRuntime } from '../runtime/system-runtime.ts';

/** Records kept while a session is being opened; beyond it the feed is not read. */
const MAX_WAITING = 100_000;

export type RecorderCounters = {
  /** Records kept for the session that is being opened. */
  readonly waiting: number;
  /** Records that no session took: they came between two, or the store refused them. */
  readonly unrecorded: number;
  /** Records that are let go while another process records: nobody was to have them from us. */
  readonly letGo: number;
  /** Records that can never be stored; the ledger names each that had a number. */
  readonly refused: number;
  /** Times that reading paused: the store was behind, or too much waited for a session. */
  readonly pauses: number;
} & ReadingView;

export class Recorder {
  readonly #client: OrderbookClient;
  readonly #onSessionFailed: (session: RecordingSession, error: unknown) => void;
  readonly #onRefused: (what: string, error: unknown) => void;
  readonly #reading: FeedReading;
  /** Connections of which the ledger has that the end of what they sent was not read. */
  readonly #unreadNamed = new Set<number>();
  #session: RecordingSession | null = null;
  #waiting: StoreRecord[] = [];
  /** Connections up to this epoch are in an earlier session, in whole or in part: the next one begins behind it. */
  #recordedEpoch = 0;
  /** Another process records. */
  #standsBy = false;
  /** When the session that was taken over had ended; `null` once the ledger has it. */
  #takenOverFromMs: number | null = null;
  #unrecorded = 0;
  #letGo = 0;
  #refusals = 0;
  #pauses = 0;
  #draining = false;

  /**
   * @param onSessionFailed the session takes no more records; called for each that it does not take
   * @param onRefused a record can never be stored; `what` names it for people
   * @param onReading the feed is not read any more, or (`null`) is read to its end
   */
  constructor(
    client: OrderbookClient,
    onSessionFailed: (session: RecordingSession, error: unknown) => void,
    onRefused: (what: string, error: unknown) => void = () => undefined,
    onReading: (unread: Unread | null) => void = () => undefined,
  ) {
    this.#client = client;
    this.#reading = new FeedReading({ client, onChange: onReading });
    this.#onSessionFailed = onSessionFailed;
    this.#onRefused = onRefused;
    const take = (event: RecordedEvent): void => {
      let record: StoreRecord;
      try {
        record = eventToRecord(event);
      } catch (error) {
        const gap = this.#refused(event.type, event, error);
        if (gap) this.#take(gap);
        return;
      }
      if (event.type === 'gap' && event.cause === 'disconnected') this.#nameUnread([event.epoch]);
      this.#take(record);
    };
    for (const type of RECORDED_EVENTS) client.on(type, take);
    client.on('status', ({ to }) => to === 'subscribing' && this.#forgetEnded());
  }

  get session(): RecordingSession | null {
    return this.#session;
  }

  /** `null` while everything is read. */
  get unread(): Unread | null {
    return this.#reading.unread;
  }

  get counters(): RecorderCounters {
    const { length: waiting } = this.#waiting;
    return {
      waiting,
      unrecorded: this.#unrecorded,
      letGo: this.#letGo,
      refused: this.#refusals,
      pauses: this.#pauses,
      ...this.#reading.view,
    };
  }

  /** When the first record arrived that waits for a session; `null` where none does. */
  get firstWaitingAtMs(): number | null {
    for (const record of this.#waiting) if (record.kind !== 'gap') return record.receivedAtMs;
    return null;
  }

  /** Whether a session that begins now would have all frames of the present connections, from the first on. */
  get isFresh(): boolean {
    return this.#client.status().connections.every(({ epoch }) => epoch > this.#recordedEpoch);
  }

  /** Another process records what comes: it is let go until a session is there, and so is what was kept. The feed is read. */
  standBy(): void {
    this.#standsBy = true;
    this.#letGo += this.#waiting.length;
    this.#waiting = [];
    if (!this.#draining) this.#reading.resume();
  }

  /** Whether another process records, or recorded, what this connection sends. */
  letsGo({ epoch }: { readonly epoch: number }): boolean {
    return this.#standsBy || (this.#session !== null && epoch <= this.#recordedEpoch);
  }

  /**
   * Records into `session` from now on, beginning with what was kept for it. What the present connections sent has been let go where
   * it stood by, so that it begins with the next ones.
   */
  attach(session: RecordingSession): void {
    if (this.#standsBy) {
      this.#standsBy = false;
      this.#recordedEpoch = this.#client.status().epoch;
      this.#takenOverFromMs = session.predecessor?.endedAtMs ?? null;
    }
    this.#session = session;
    void this.#watch(session);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const record of waiting) this.#append(session, record);
    if (!this.#draining) this.#reading.resume();
  }

  /** One that was taken away would say so with its next record; on a quiet day that may be hours. */
  async #watch(session: RecordingSession): Promise<void> {
    const { error } = await session.ended;
    if (error && this.#session === session) this.#onSessionFailed(session, error);
  }

  /** What came by no connection. Between sessions it is let go: the next one begins with all that is known then. */
  takeReference(record: MarketRecord | ExchangeRecord): void {
    if (this.#session) this.#append(this.#session, record);
  }

  /** Stops recording; the session is the caller's to close. */
  detach(): RecordingSession | null {
    const session = this.#session;
    if (session) {
      this.#nameUnread(this.#client.status().connections.map(({ epoch }) => epoch));
      this.#nameTakeover(session, systemRuntime.nowMs());
    }
    this.#session = null;
    if (session) this.#recordedEpoch = this.#client.status().epoch;
    return session;
  }

  /** A connection began. What was kept of ended ones has no use: nobody waits for the rest of them. */
  #forgetEnded(): void {
    if (this.#session) return;
    const present = new Set(this.#client.status().connections.map(({ epoch }) => epoch));
    const kept = this.#waiting.filter(({ epoch }) => present.has(epoch));
    this.#unrecorded += this.#waiting.length - kept.length;
    this.#waiting = kept;
    // A feed that is not read never becomes live, and then no session would ever come for what waits.
    if (kept.length < MAX_WAITING && !this.#draining) this.#reading.resume();
  }

  /**
   * What these connections sent since reading stopped is not known to have been read, and will not be: they are lost, or the recording ends.
   * By the clock of arrival this hole would begin with what was read last, which was late. What of it was read late is stored all the same.
   */
  #nameUnread(epochs: readonly number[]): void {
    const { unread } = this.#reading;
    if (unread === null) return;
    const span = { fromAtMs: unread.sinceWallMs, toAtMs: Math.max(unread.sinceWallMs, systemRuntime.nowMs()) };
    for (const epoch of epochs) {
      if (this.#unreadNamed.has(epoch)) continue;
      this.#unreadNamed.add(epoch);
      this.#take({
        kind: 'gap',
        epoch,
        sid: null,
        firstSeq: null,
        lastSeq: null,
        ...span,
        cause: 'paused',
        market: null,
      });
    }
  }

  /**
   * Between the session that was taken over and this one's first record nobody recorded. It is a hole of the connections that were let go:
   * those that are recorded have none.
   */
  #nameTakeover(session: RecordingSession, toAtMs: number): void {
    if (this.#takenOverFromMs === null) return;
    const fromAtMs = Math.min(this.#takenOverFromMs, toAtMs);
    this.#takenOverFromMs = null;
    const all = { sid: null, firstSeq: null, lastSeq: null, market: null };
    this.#append(session, { kind: 'gap', epoch: this.#recordedEpoch, ...all, fromAtMs, toAtMs, cause: 'takeover' });
  }

  #pause(cause: PauseCause): void {
    this.#pauses++;
    this.#reading.pause(cause);
  }

  #take(record: StoreRecord): void {
    if (this.letsGo(record)) {
      this.#letGo++;
      return;
    }
    if (this.#session) {
      if (this.#takenOverFromMs !== null)
        this.#nameTakeover(this.#session, record.kind === 'gap' ? record.fromAtMs : record.receivedAtMs);
      return this.#append(this.#session, record);
    }
    if (record.epoch <= this.#recordedEpoch) {
      this.#unrecorded++;
      return;
    }
    this.#waiting.push(record);
    if (this.#waiting.length >= MAX_WAITING) this.#pause('WAITING_FOR_SESSION');
  }

  #append(session: RecordingSession, record: StoreRecord): void {
    let isFull: boolean;
    try {
      isFull = session.append(record) === 'full';
    } catch (error) {
      const isOfSession = SessionStoreError.isInstance(error) && error.code !== 'RECORD_INVALID';
      if (!isOfSession) return this.#refuse(session, record, error);
      this.#unrecorded++;
      this.#onSessionFailed(session, error);
      return;
    }
    if (isFull) void this.#waitFor(session);
  }

  /**
   * One frame that can never be stored is a hole with a name, and no reason to end a session. A hole whose market the store
   * cannot name is everyone's.
   */
  #refuse(session: RecordingSession, record: StoreRecord, error: unknown): void {
    if (record.kind === 'gap' && typeof record.market === 'string')
      return this.#append(session, { ...record, market: null });
    const gap = this.#refused(record.kind, record, error);
    if (gap) this.#append(session, gap);
  }

  /** @returns the hole in its place; `null` where there is no number to be missed, and for a hole itself */
  #refused(kind: string, of: RecordedEvent | StoreRecord, error: unknown): GapRecord | null {
    this.#refusals++;
    const market = 'market' in of && typeof of.market === 'string' ? of.market : null;
    this.#onRefused(`a ${kind} record${market === null ? '' : ` of ${market}`}`, error);
    if (!('seq' in of) || of.seq === null) return null;
    const { epoch, sid, seq, receivedAtMs } = of;
    const at = { firstSeq: seq, lastSeq: seq, fromAtMs: receivedAtMs, toAtMs: receivedAtMs };
    return { kind: 'gap', epoch, sid, ...at, cause: 'refused', market };
  }

  /** The store is behind. What is not read waits in the network, and nothing is lost. */
  async #waitFor(session: RecordingSession): Promise<void> {
    if (this.#draining) return;
    this.#draining = true;
    this.#pause('STORE_BEHIND');
    try {
      await session.drained();
    } catch (error) {
      this.#onSessionFailed(session, error);
    } finally {
      this.#draining = false;
      this.#reading.resume();
    }
  }
}
