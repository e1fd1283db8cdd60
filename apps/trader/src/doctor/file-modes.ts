// Who else on this machine may read what is secret or recorded. What the trader makes is closed to others; what a user made is
// as it is, and is only spoken of.
import { statSync, type Stats } from 'node:fs';
import { resolve } from 'node:path';
import { parsePostgresUrl } from '@trader/session-store';
import type { LoadedConfig } from '../config/load-config.ts';
import type { Log } from '../log/log.ts';

/** A file or folder that others may open. */
export type OpenToOthers = {
  readonly path: string;
  /** `0644`. */
  readonly mode: string;
  /** What closes it. */
  readonly command: string;
};

const OTHERS = 0o077;

/** Whoever hands files to a container or a service sets their modes, and keeps others out in its own way. */
const HANDED_OVER = /^\/run\/(?:secrets|credentials)\//;

/** Windows has no modes. */
export const hasModes = process.platform !== 'win32';

/** Everything that the settings name and others should not read; of folders those that are there. */
export function openToOthers({ config, values, sources, file }: LoadedConfig): readonly OpenToOthers[] {
  if (!hasModes) return [];
  const { keyFile, databasePasswordFile, http } = values;
  const withPassword = file !== null && holdsSecret(sources.tree, sources.origin(['database']));
  const paths = [
    ...('dataDir' in config.database ? [config.database.dataDir] : []),
    config.spool.dir,
    config.exports.dir,
    keyFile,
    databasePasswordFile,
    http.tokenFile,
    http.tls?.keyFile,
    withPassword ? file : undefined,
  ];
  return [...new Set(paths)].flatMap((path) => (path === undefined || path === null ? [] : look(path)));
}

/** A password that stands in the file itself. */
function holdsSecret({ database }: LoadedConfig['sources']['tree'], origin: string | null): boolean {
  if (typeof database !== 'string' || origin === null || !/:\d+$/.test(origin)) return false;
  const url = parsePostgresUrl(database);
  return 'password' in url && url.password !== null;
}

function look(path: string): readonly OpenToOthers[] {
  const stats = statsOf(path);
  if (!stats || (stats.mode & OTHERS) === 0 || HANDED_OVER.test(resolve(path))) return [];
  const mode = (stats.mode & 0o7777).toString(8).padStart(4, '0');
  return [{ path, mode, command: `chmod ${stats.isDirectory() ? '700' : '600'} ${shellWord(path)}` }];
}

/** `null` for what is not there: it will be made closed, or is missed elsewhere. */
function statsOf(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}

/** As a shell takes it for one word, and `chmod` for no flag. */
function shellWord(path: string): string {
  const word = path.startsWith('-') ? `./${path}` : path;
  return /^[\w./:@%+,=-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** A line for each, before anything is made. */
export function warnOfOpenFiles(loaded: LoadedConfig, log: Log): void {
  for (const { path, mode, command } of openToOthers(loaded)) {
    log.warn({ path, mode }, `${path} can be opened by other users of this machine (mode ${mode}): ${command}`);
  }
}
