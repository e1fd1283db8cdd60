// The setting `database`. What it means is the store's to say, which connects with it.
import { formatPostgresUrl, parsePostgresUrl, type PostgresUrl } from '@trader/session-store';
import type { Database } from './config-types.ts';

export { describeDatabase as databaseName } from '@trader/session-store';

/**
 * The database, with a password in its URL.
 *
 * @returns the text of what is wrong, which quotes nothing
 */
export function withPassword(database: Database, password: string): Database | string {
  const url = 'url' in database ? parsePostgresUrl(database.url) : null;
  if (!url || 'problem' in url) return 'needs a postgres:// URL as database';
  if (url.password !== null) return 'is given, and the database URL has a password too';
  if (url.user === null) return 'needs a user in the database URL';
  if (password === '') return 'is the path of a file that is empty';
  return password.includes('\0')
    ? 'is the path of a file that is no text'
    : { ...database, ...complete(url, password) };
}

const complete = (url: PostgresUrl, password: string): Database => ({ url: formatPostgresUrl({ ...url, password }) });
