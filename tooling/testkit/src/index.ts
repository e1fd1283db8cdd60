export { campaignProgress } from './campaign-progress.ts';
export { captures, capturesFolder } from './captures.ts';
export { databaseTexts, type DatabaseText } from './database-texts.ts';
export { embeddedDatabases, type EmbeddedDatabases } from './embedded-databases.ts';
export { inTime } from './in-time.ts';
export { ManualRuntime } from './manual-runtime.ts';
export {
  postgresAt,
  startPostgres,
  type TestDatabases,
  type TestPostgres,
  type TestPostgresOptions,
} from './postgres.ts';
export { preparedFolder } from './prepared-folder.ts';
export { requireUnderEachNode } from './require-under-each-node.ts';
export { readRooms, type RoomsReport } from './rooms.ts';
export { seededRandom } from './seeded-random.ts';
export { selfSigned } from './self-signed.ts';
export { smallDatabase } from './small-database.ts';
export { SmallDisk } from './small-disk.ts';
export { temporaryFolder, type TemporaryFolder, type TemporaryFolderOptions } from './temporary-folder.ts';
export { campaignRounds, testSeed } from './test-seed.ts';
