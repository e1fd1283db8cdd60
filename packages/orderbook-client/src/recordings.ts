export * from './records.ts';
export { recordToFrame } from './core/recording/record-to-frame.ts';
export { tablesToRecords, type RecordingTables, type TableRows } from './core/recording/tables-to-records.ts';
export type { TableRow } from './core/recording/table-rows.ts';
export { tapeToRecords } from './core/recording/tape-to-records.ts';
export { TapeWriter } from './core/recording/tape-writer.ts';
