export type { CompactionResult } from './compaction/compaction.ts';
export {
  describeDatabase,
  looksLikeUrl,
  parseDatabase,
  type DatabaseLocation,
} from './database/location/database-text.ts';
export {
  formatPostgresUrl,
  parsePostgresUrl,
  type PostgresHost,
  type PostgresUrl,
  type Refused,
} from './database/location/postgres-url.ts';
export { SessionStoreError, type RecorderHolder, type SessionStoreErrorCode } from './errors.ts';
export type { BorrowedSql, BorrowedTransaction } from './borrowed-sql.ts';
export type { Runtime } from './runtime.ts';
export type { MaintenanceFailure, SpoolRecovery, StoreEvent, StoreFailure, StoreStatus, StoreWrite } from './events.ts';
export type { SessionStoreOptions, SessionStoreTuning, SpoolTuning, StoreLocation } from './options.ts';
export type { SchemaMigration, SchemaState } from './migrate.ts';
export type { SessionFilter } from './reading/list-sessions.ts';
export type { CoverageInterval } from './reading/book/coverage-intervals.ts';
export type { Problem } from './reading/verify/stream-check.ts';
export type { BookAt } from './reading/book/book-at.ts';
export type {
  DatasetDamage,
  DatasetOptions,
  DatasetProgress,
  DatasetResult,
  DatasetScope,
  Miscount,
} from './export/dataset/dataset-options.ts';
export { verifyDataset, type DatasetVerification } from './export/dataset/verify-dataset.ts';
export type { ExportDamage, ExportOptions, ExportProgress, ExportResult } from './export/export-options.ts';
export type { MarketAt } from './reading/market/market-life.ts';
export type { BookBase } from './reading/book/rebuild-book.ts';
export type { ReplayOptions } from './reading/replay.ts';
export type { ExportUnit, ExportUnits } from './export/describe-table.ts';
export { exportFormats, type ExportFormat } from './export/export-formats.ts';
export { exportedKinds, type ExportedKind } from './export/tables.ts';
export type { GapCause, HoleTime, MarketGapRate, RecordedMarket } from './reading/book/gap-rates.ts';
export type { RecordedMarketsOptions } from './reading/book/recorded-markets.ts';
export type { Law, LawResult, Verification, VerifiedMarket } from './reading/verify/verification.ts';
export type { VerifyOptions } from './reading/verify/verify.ts';
export type { Appended, RecordingSession, SessionCloseOptions, SessionEnding } from './recording/recording-session.ts';
export type {
  DeltaRecord,
  ExchangeRecord,
  FactRecord,
  GapRecord,
  LifecycleRecord,
  MarketDefinition,
  MarketRecord,
  MarketStatus,
  PriceRange,
  RawRecord,
  SessionCounters,
  SessionId,
  SessionRow,
  SessionStatus,
  SnapshotRecord,
  StoredLevel,
  StoreRecord,
  TickerRecord,
  TradeRecord,
} from './records.ts';
export { migrateSchema, schemaState } from './schema-migration.ts';
export { openReader, type ReaderOptions } from './open-reader.ts';
export { createSessionStore } from './store.ts';
export type { OpenSessionOptions, Reading, SessionReader, SessionStore, StoreBacklog } from './store-api.ts';
