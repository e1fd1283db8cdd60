import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';

/** A real pipe that is read, and filled up, by nobody else: `end` is for whoever writes. */
export function ownPipe(path: string) {
  execFileSync('mkfifo', [path]);
  const reader = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  const end = openSync(path, constants.O_WRONLY);
  const fill = (): void => {
    try {
      for (;;) writeSync(reader, Buffer.alloc(4096, '\n'));
    } catch {
      // EAGAIN: it is full.
    }
  };
  let text = '';
  const chunk = Buffer.alloc(65_536);
  const read = (): string => {
    try {
      for (;;) text += chunk.toString('utf8', 0, readSync(reader, chunk));
    } catch {
      // EAGAIN: that is all for now.
    }
    return text;
  };
  const close = (): void => [reader, end].forEach((fd) => closeSync(fd));
  return { end, fill, read, [Symbol.dispose]: close };
}
