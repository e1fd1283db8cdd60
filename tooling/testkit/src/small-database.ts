/**
 * What makes a new embedded database small, statement by statement. Half of a cluster are databases that others are made from, and
 * most of the time to open one goes into clearing its memory.
 */
export const smallDatabase: readonly string[] = [
  'update pg_database set datistemplate = false',
  'drop database template0',
  'drop database template1',
  `alter system set shared_buffers = '4MB'`,
  'checkpoint',
];
