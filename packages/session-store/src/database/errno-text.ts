// What the system said, in words: its own are short, and some libraries hide them.
import { closeSync, openSync } from 'node:fs';
import { clauseOf } from './clause-of.ts';

const texts: Readonly<Record<string, string>> = {
  EACCES: 'this user may not write there',
  EDQUOT: 'the quota of its disk is used up',
  EEXIST: 'there is a file of that name',
  EIO: 'the disk fails',
  EISDIR: 'there is a folder where a file should be',
  ELOOP: 'its links lead in a circle',
  EMFILE: 'this process may open no more files',
  ENAMETOOLONG: 'its path is too long',
  ENFILE: 'this machine may open no more files',
  ENOENT: 'it is not there, or not any more',
  ENOSPC: 'no space is left on its disk',
  ENOTDIR: 'a part of its path is a file',
  EPERM: 'this user may not write there',
  EROFS: 'its disk is read-only',
};

/** The reason of a failure, as a part of a sentence; `EMFILE` and the like with what it means. */
export function errnoText(cause: unknown): string {
  const code = (cause as { code?: unknown } | null)?.code;
  const text = typeof code === 'string' && Object.hasOwn(texts, code) ? texts[code] : undefined;
  if (text === undefined) return cause instanceof Error && cause.message !== '' ? clauseOf(cause.message) : unsaid;
  return `${text} (${code as string})${code === 'EMFILE' ? ': raise its limit (ulimit -n, LimitNOFILE=)' : ''}`;
}

const unsaid = 'no reason was given';

/** More than a library lets go of when it finds that it has too many. */
const probes = 8;

/**
 * The system's error if no more files can be opened, and otherwise `cause`. SQLite says "unable to open database file" then, and
 * the embedded PostgreSQL, which made the file before it could not open it, "File exists".
 */
export function unhidden(cause: unknown): unknown {
  const opened: number[] = [];
  try {
    while (opened.length < probes) opened.push(openSync(process.execPath, 'r'));
    return cause;
  } catch (failure) {
    const { code } = failure as NodeJS.ErrnoException;
    return code === 'EMFILE' || code === 'ENFILE' ? failure : cause;
  } finally {
    for (const file of opened) closeSync(file);
  }
}
