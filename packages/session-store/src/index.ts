export { SessionStoreError, type SessionStoreErrorCode } from './errors.ts';
export type { BorrowedSql, BorrowedTransaction } from './io/borrowed-engine.ts';
export type { Runtime } from './io/runtime.ts';
export type {
  MaintenanceFailure,
  SessionStoreOptions,
  SessionStoreTuning,
  StoreLocation,
  StoreStatus,
} from './options.ts';
export type { SessionFilter } from './queries/list-sessions.ts';
export type { RecordingSession, SessionCloseOptions } from './recording-session.ts';
export type {
  DeltaRecord,
  GapRecord,
  RawRecord,
  SessionCounters,
  SessionId,
  SessionRow,
  SessionStatus,
  SnapshotRecord,
  StoredLevel,
  StoreRecord,
  TradeRecord,
} from './records.ts';
export { createSessionStore, type OpenSessionOptions, type SessionStore } from './store.ts';
