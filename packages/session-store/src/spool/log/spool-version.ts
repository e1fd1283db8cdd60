// Which version of this package wrote a folder. One that another version wrote, and that holds something, is left as it is.
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { SessionStoreError } from '../../errors.ts';
import { spoolFailure } from './spool-failure.ts';

/** The format that this version writes. */
export const spoolVersion = 1;
/** Stands in the database beside its version, so that damage is not taken for a newer one. */
export const applicationId = (version: number): number => crc32(`trader spool ${version}`) >>> 1;

/** Where they stand in the file, as SQLite's format has it. */
const [headerBytes, versionAt, applicationAt] = [100, 60, 68];
/** Until 2026-11 the spool was a log in files of such names; an empty one had none, or empty ones. */
const segment = /^\d{16}-[0-9a-f]{8}\.segment$/;

/** @throws {SessionStoreError} SPOOL_OF_OTHER_VERSION, SPOOL_FAILED */
export async function refuseOtherVersions(folder: string): Promise<void> {
  try {
    if (await hasSegments(folder)) throw ofOtherVersion(folder, 'an earlier version');
    if (await isNewer(join(folder, 'spool.sqlite'))) throw ofOtherVersion(folder, 'a newer version');
  } catch (cause) {
    if (!isAbsent(cause)) throw spoolFailure('Opening the spool', cause);
  }
}

async function hasSegments(folder: string): Promise<boolean> {
  for (const name of (await readdir(folder)).filter((file) => segment.test(file))) {
    if ((await stat(join(folder, name))).size > 0) return true;
  }
  return false;
}

async function isNewer(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  const { buffer, bytesRead } = await file.read(Buffer.alloc(headerBytes), 0, headerBytes, 0);
  await file.close();
  if (bytesRead < headerBytes) return false;
  const version = buffer.readUInt32BE(versionAt);
  return version > spoolVersion && buffer.readUInt32BE(applicationAt) === applicationId(version);
}

const isAbsent = (cause: unknown) => ['ENOENT', 'ENOTDIR'].includes((cause as NodeJS.ErrnoException).code ?? '');

const ofOtherVersion = (folder: string, which: string) =>
  new SessionStoreError(
    'SPOOL_OF_OTHER_VERSION',
    `The spool ${folder} was written by ${which} and holds records. Start that version once more, with the database there, until it ` +
      'has emptied the spool and is stopped. Nothing was changed.',
  );
