// What a crash leaves for the next start, in the folder of the spool: the log may have gone nowhere.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type CrashNote = {
  readonly at: string;
  readonly pid: number;
  readonly version: string;
  readonly code: string;
  readonly message: string;
  readonly stack: string;
};

const fileIn = (folder: string): string => join(folder, 'crash.json');

/** At once, and only into a folder that is there: the process is about to end, and an earlier note is older news. */
export function leaveCrashNote(folder: string, note: CrashNote): void {
  try {
    writeFileSync(fileIn(folder), `${JSON.stringify(note)}\n`, { mode: 0o600 });
  } catch {
    // No folder, no rights, no room: the log has it, or nobody.
  }
}

/**
 * Takes the note of the last run away.
 *
 * @returns `null` if there is none, or none that can be read
 */
export function takeCrashNote(folder: string): Pick<CrashNote, 'at' | 'code' | 'message'> | null {
  try {
    const text = readFileSync(fileIn(folder), 'utf8');
    rmSync(fileIn(folder), { force: true });
    const { at, code, message } = JSON.parse(text) as Partial<CrashNote>;
    return typeof at === 'string' ? { at, code: String(code), message: String(message) } : null;
  } catch {
    return null;
  }
}
