export { captures, capturesFolder } from './captures.ts';
export { databaseTexts, type DatabaseText } from './database-texts.ts';
export { inTime } from './in-time.ts';
export { ManualRuntime } from './manual-runtime.ts';
export { startPostgres, type TestPostgres } from './postgres.ts';
export { requireUnderEachNode } from './require-under-each-node.ts';
export { seededRandom } from './seeded-random.ts';
export { temporaryFolder, type TemporaryFolder } from './temporary-folder.ts';
export { campaignRounds, testSeed } from './test-seed.ts';
