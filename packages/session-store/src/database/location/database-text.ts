// What a user gives as "the database": a PostgreSQL URL or a folder. A URL that is mistyped must not become a folder whose
// name is a password.
import { hostsText, parsePostgresUrl, formatPostgresUrl, type Refused } from './postgres-url.ts';

export type DatabaseLocation = { readonly url: string } | { readonly dataDir: string };

/** A text that is, or was meant as, a URL or a list of `host=… password=…`: it may hold a password, and is no path. */
export const looksLikeUrl = (text: string): boolean => problemOf(text.trim()) !== null;

/**
 * Tells a server from a folder.
 *
 * @returns `url` in one spelling, with the password if there is one; or why the text is neither
 */
export function parseDatabase(given: string): DatabaseLocation | Refused {
  const text = given.trim();
  if (/^postgres(?:ql)?:\/\//i.test(text)) {
    const read = parsePostgresUrl(text);
    return 'problem' in read ? read : { url: formatPostgresUrl(read) };
  }
  const problem = problemOf(text);
  return problem === null ? { dataDir: text } : { problem };
}

/** The database for people: hosts and name, without user, password and parameters. */
export function describeDatabase(location: DatabaseLocation): string {
  if ('dataDir' in location)
    return looksLikeUrl(location.dataDir) ? 'a folder that looks like a URL' : location.dataDir;
  const read = parsePostgresUrl(location.url);
  if ('problem' in read) return 'a database whose URL cannot be read';
  const { hosts, database } = read;
  const [{ host, port }] = hosts as [(typeof hosts)[0]];
  const path = database === null ? '' : `/${encodeURIComponent(database)}`;
  if (!host?.startsWith('/')) return `postgres://${hostsText(hosts)}${path}`;
  return `postgres://${path || '/'}?host=${host}${port === null ? '' : `&port=${port}`}`;
}

const example = 'postgres://user@host:5432/name';
const keyword = 'host|hostaddr|server|port|user|username|user id|password|pwd|dbname|database|passfile|service|sslmode';
const keyValue = new RegExp(String.raw`(?:^|[\s"'=;])(?:${keyword})\s*=`, 'i');

/** `null` for what can be a path. */
function problemOf(text: string): string | null {
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(text)) return 'has a line break or another control character in it';
  if (/^["'`\u2018\u2019\u201c\u201d]/.test(text)) return 'is in quotes: leave them out';
  if (/.postgres(?:ql)?:\/\//i.test(text)) return 'has something before postgres://: leave that out';
  if (keyValue.test(text) || /^psql\s/.test(text)) return `is no URL: give ${example}`;
  if (isUrl(text)) {
    return `looks like a URL, and not like PostgreSQL's: give ${example}. A folder with a colon in its name is written with ./ before it`;
  }
  return null;
}

/** A scheme has two letters at least: one is a drive of Windows. */
function isUrl(text: string): boolean {
  if (text.includes('://') || /%3a%2f%2f/i.test(text) || /^\/\/[^/]*@/.test(text)) return true;
  if (/^[a-z]:[\\/]/i.test(text) || /^\.{0,2}\//.test(text)) return false;
  return /^[a-z][a-z0-9+.-]+:/i.test(text) || /:[^@]*@/.test(text);
}
