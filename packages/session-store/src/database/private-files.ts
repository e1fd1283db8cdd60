// Whatever the umask is: what is recorded is made for its user alone. What is there already keeps its mode. Windows knows no modes.
import { chmodSync, closeSync, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export const privateFolder = 0o700;
export const privateFile = 0o600;

/** An empty file, for somebody who would make it open to others. One that is there is not touched, not even opened. */
export function makePrivateFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx', privateFile));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
  }
}

/** Closes a folder that was just made, and all that somebody else put into it. */
export function makePrivate(folder: string): void {
  chmodSync(folder, privateFolder);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) makePrivate(path);
    else chmodSync(path, privateFile);
  }
}
