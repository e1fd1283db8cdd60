export { joinRecordings } from '../core/recording/join-recordings.ts';
export { createReplayClient, type ReplayClient, type ReplayClientOptions } from './replay-client.ts';
export type { RecordSource } from '../core/recording/join-recordings.ts';
