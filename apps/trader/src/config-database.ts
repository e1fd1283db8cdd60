import type { Database } from './config-types.ts';

/** A PostgreSQL URL, or else a folder. */
export const parseDatabase = (database: string): Database =>
  /^postgres(ql)?:\/\//.test(database) ? { url: database } : { dataDir: database };

/** How the database is called in logs: without user and password. */
export const databaseName = (database: Database): string =>
  'url' in database ? database.url.replace(/\/\/[^/]*@/, '//') : database.dataDir;

/**
 * The database, with a password in its URL.
 *
 * @returns the text of what is wrong, which quotes nothing
 */
export function withPassword(database: Database, password: string): Database | string {
  if (!('url' in database)) return 'needs a postgres:// URL as database';
  if (!URL.canParse(database.url)) return 'needs a database URL with one host';
  const url = new URL(database.url);
  if (url.password !== '') return 'is given, and the database URL has a password too';
  if (url.username === '') return 'needs a user in the database URL';
  url.password = encodeURIComponent(password);
  return { url: url.href };
}
