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

/** @throws {SessionStoreError} SPOOL_OF_OTHER_VERSION */
export async function refuseOtherVersions(folder: string): Promise<void> {
  for (const name of (await namesIn(folder)).filter((file) => segment.test(file))) {
    if ((await stat(join(folder, name))).size > 0) throw ofOtherVersion(folder, 'an earlier version');
  }
  const file = await open(join(folder, 'spool.sqlite'), 'r').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return null;
    throw cause;
  });
  if (!file) return;
  const { buffer, bytesRead } = await file.read(Buffer.alloc(headerBytes), 0, headerBytes, 0);
  await file.close();
  if (bytesRead < headerBytes) return;
  const version = buffer.readUInt32BE(versionAt);
  if (version <= spoolVersion || buffer.readUInt32BE(applicationAt) !== applicationId(version)) return;
  throw ofOtherVersion(folder, 'a newer version');
}

const namesIn = async (folder: string) =>
  readdir(folder).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return [];
    throw spoolFailure('Opening the spool', cause);
  });

const ofOtherVersion = (folder: string, which: string) =>
  new SessionStoreError(
    'SPOOL_OF_OTHER_VERSION',
    `The spool ${folder} was written by ${which} and holds records. Start that version once more, with the database there, until it ` +
      'has emptied the spool and is stopped. Nothing was changed.',
  );
