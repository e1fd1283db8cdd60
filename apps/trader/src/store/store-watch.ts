// What the store says of itself while it works, kept for whoever asks: what fails, what it has written, what it has brought
// in or set aside, and what it could not do in the background.
import type { SessionId, SessionStoreError, StoreEvent, StoreStatus, StoreWrite } from '@trader/session-store';
import { storeFailures, type StoreFailure } from './store-failures.ts';
import { messageOf } from '../errors.ts';
import type { Log } from '../log/log.ts';
import { reportMaintenanceFailure, reportRecovery } from './store-reports.ts';

export type StoreView = {
  readonly state: 'closed' | 'writing' | 'failing';
  /** All of them; empty unless failing. */
  readonly failures: readonly StoreFailure[];
  /** When the latest record that the database has arrived, ms since the epoch; `null` before the first. */
  readonly lastRecordAtMs: number | null;
  /** Committed since the trader was made. */
  readonly written: StoreTally;
};

type StoreTally = {
  readonly batches: number;
  readonly records: number;
  /** As they were in memory. */
  readonly bytes: number;
  /** Records of earlier sessions that were brought in from the spool. */
  readonly recovered: number;
  /** Records that the database does not take: they are in files. */
  readonly setAside: number;
  /** Times that a background job failed. */
  readonly maintenanceFailures: number;
};

export type StoreWatchOptions = {
  readonly log: Log;
  /** Whenever something begins or ceases to fail, and at the opening. */
  readonly onChange: (failures: readonly StoreFailure[]) => void;
  readonly onWrite: (write: StoreWrite) => void;
  /** A session was completed from the spool. */
  readonly onRecovery?: (session: SessionId) => void;
};

export class StoreWatch {
  readonly #options: StoreWatchOptions;
  #failures: readonly StoreFailure[] = [];
  /** Those that were said. */
  #errors: readonly SessionStoreError[] = [];
  readonly #tally = { batches: 0, records: 0, bytes: 0, recovered: 0, setAside: 0, maintenanceFailures: 0 };
  #lastRecordAtMs: number | null = null;
  #isOpen = false;

  constructor(options: StoreWatchOptions) {
    this.#options = options;
  }

  /** To be given to the store. */
  take(event: StoreEvent): void {
    switch (event.type) {
      case 'status':
        return this.#follow(event.status);
      case 'write':
        return this.#wrote(event.write);
      case 'recovery':
        this.#tally.recovered += event.recovery.written;
        this.#tally.setAside += event.recovery.setAside;
        reportRecovery(this.#options.log, event.recovery);
        return this.#tell(() => this.#options.onRecovery?.(event.recovery.session));
      case 'maintenance-failure':
        this.#tally.maintenanceFailures++;
        return reportMaintenanceFailure(this.#options.log, event.failure);
    }
  }

  view(): StoreView {
    const failures = this.#failures;
    const state = failures.length > 0 ? 'failing' : this.#isOpen ? 'writing' : 'closed';
    return { state, failures, lastRecordAtMs: this.#lastRecordAtMs, written: { ...this.#tally } };
  }

  /** The store is open; it says nothing as long as nothing fails. */
  opened(): void {
    this.#isOpen = true;
    this.#tell(() => this.#options.onChange(this.#failures));
  }

  #follow(status: StoreStatus): void {
    this.#failures = storeFailures(status);
    const errors = status.state === 'failing' ? status.failures.map(({ error }) => error) : [];
    for (const error of errors)
      if (!this.#errors.includes(error)) this.#options.log.warn({ code: error.code }, error.message);
    this.#errors = errors;
    this.#tell(() => this.#options.onChange(this.#failures));
  }

  /** What comes of the news is nothing that the store could do something about: it would end the process. */
  #tell(news: () => void): void {
    try {
      news();
    } catch (error) {
      this.#options.log.error({ code: 'UNEXPECTED' }, `news of the store could not be told: ${messageOf(error)}`);
    }
  }

  #wrote(write: StoreWrite): void {
    this.#lastRecordAtMs = write.lastRecordAtMs ?? this.#lastRecordAtMs;
    this.#tally.batches++;
    this.#tally.records += write.records;
    this.#tally.bytes += write.bytes;
    this.#tell(() => this.#options.onWrite(write));
  }
}
