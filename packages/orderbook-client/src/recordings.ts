export * from './records.ts';
export { recordToFrame } from './core/recording/record-to-frame.ts';
export { tapeToRecords } from './core/recording/tape-to-records.ts';
export { TapeWriter } from './core/recording/tape-writer.ts';
