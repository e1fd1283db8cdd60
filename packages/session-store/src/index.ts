export type { CompactionResult } from './compaction.ts';
export { describeDatabase, looksLikeUrl, parseDatabase, type DatabaseLocation } from './core/database-text.ts';
export {
  formatPostgresUrl,
  parsePostgresUrl,
  type PostgresHost,
  type PostgresUrl,
  type Refused,
} from './core/postgres-url.ts';
export { SessionStoreError, type SessionStoreErrorCode } from './errors.ts';
export type { BorrowedSql, BorrowedTransaction } from './io/borrowed-engine.ts';
export type { Runtime } from './io/runtime.ts';
export type {
  MaintenanceFailure,
  SessionStoreOptions,
  SessionStoreTuning,
  SpoolRecovery,
  SpoolTuning,
  StoreFailure,
  StoreLocation,
  StoreStatus,
  StoreWrite,
} from './options.ts';
export type { SchemaMigration, SchemaState } from './migrate.ts';
export type { SessionFilter } from './queries/list-sessions.ts';
export type { CoverageInterval } from './core/coverage.ts';
export type { Problem } from './core/stream-check.ts';
export type { BookAt } from './reading/book-at.ts';
export type { ExportDamage, ExportOptions, ExportProgress, ExportResult } from './reading/export.ts';
export type { BookBase } from './reading/fold-book.ts';
export type { Reading } from './reading/reader.ts';
export type { ReplayOptions } from './reading/replay.ts';
export type { ExportFormat } from './reading/table-file.ts';
export type { ExportedKind } from './reading/tables.ts';
export type { Law, LawResult, Verification } from './reading/verification.ts';
export type { VerifyOptions } from './reading/verify.ts';
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
export { migrateSchema, schemaState } from './schema-migration.ts';
export { createSessionStore, type OpenSessionOptions, type SessionStore, type StoreBacklog } from './store.ts';
