export { joinRecordings } from './join-recordings.ts';
export { createReplayClient, type ReplayClient, type ReplayClientOptions } from './replay-client.ts';
export type { RecordSource } from './replay-driver.ts';
