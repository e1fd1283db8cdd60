import { startPostgres, type TestPostgres } from '@trader/testkit';

/**
 * A server of the test's own, which it may halt and crash. What is committed survives the server's death. It would not survive the
 * machine's: nothing is synced, which takes seconds of each start after a crash where a disk is busy.
 */
export const startOwnServer = (): Promise<TestPostgres> => startPostgres({ isSynced: false });
