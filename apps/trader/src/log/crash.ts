// The last word of a process that nobody foresaw the end of: one line in the log, a note for the next start, and exit code 70.
// What goes on in it after such an error is not known, so it ends; what is in the spool is safe.
import { leaveCrashNote } from './crash-note.ts';
import { failureOf, messageOf, sentences } from '../errors.ts';
import { versions } from '../versions.ts';
import { scrub } from '../secrets/known-secrets.ts';
import { theLog } from './log.ts';
import { standardError } from './standard-error.ts';

/** EX_SOFTWARE of sysexits.h. */
export const CRASHED = 70;

/** What standard error gets, when it is behind. */
const LAST_WORD_MS = 500;

let noteFolder: string | null = null;
let isCrashing = false;

/** From now on a crash leaves its note in this folder. */
export function leaveNotesIn(folder: string): void {
  noteFolder = folder;
}

/** Ends the process at an error that nobody caught, a rejected promise included. */
export function endAtUncaughtErrors(): void {
  process.on('uncaughtException', (error) => {
    // What follows from the first one says nothing new.
    if (isCrashing) return;
    isCrashing = true;
    try {
      reportCrash(error);
    } finally {
      void endSoon();
    }
  });
}

async function endSoon(): Promise<never> {
  await standardError.flush(LAST_WORD_MS);
  process.exit(CRASHED);
}

/** Tells of an error that is a mistake of ours. */
export function reportCrash(error: unknown): void {
  const failure = failureOf(error);
  const { code } = failure;
  const message = scrub(failure.message);
  const stack = scrub(stackOf(error));
  // Whatever the level of the log is.
  const log = theLog().child({}, { level: 'fatal' });
  log.fatal(
    { code, message, stack },
    sentences(`The trader crashed (${code}): ${message}`, 'Please report it with this line'),
  );
  if (process.stderr.isTTY) standardError.write(`${stack}\n`);
  if (noteFolder === null) return;
  const at = new Date().toISOString();
  leaveCrashNote(noteFolder, { at, pid: process.pid, version: versions.trader, code, message, stack });
}

/** With those of its causes. */
function stackOf(error: unknown): string {
  const stacks: string[] = [];
  let at = error;
  while (at instanceof Error && stacks.length < 5) {
    stacks.push(at.stack ?? messageOf(at));
    at = at.cause;
  }
  if (stacks.length === 0) return messageOf(error);
  return stacks.join('\ncaused by: ');
}
