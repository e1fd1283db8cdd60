// The program's one way to standard error. Node's own waits: a terminal that is held (Ctrl-S), and a file's disk, would stop the
// whole process; and what a pipe does not take would grow without bound.
import { write } from 'node:fs';
import { Socket } from 'node:net';
import { BoundedOutput, type Sink } from './bounded-output.ts';

/** Some thousands of lines: an hour of a usual day, some seconds of a bad one. */
const MAX_WAITING_BYTES = 1024 * 1024;

const STANDARD_ERROR = 2;

export const standardError = new BoundedOutput(sinkOf(process.stderr), { maxBytes: MAX_WAITING_BYTES });

/** Makes a terminal take what it can and no more. Pipes and sockets do so by themselves. */
export function neverWait(stream: NodeJS.WriteStream): void {
  // Node makes terminals wait on purpose, and has no public way around it.
  const { _handle: handle } = stream as { _handle?: { setBlocking?: (on: boolean) => number } };
  if (stream.isTTY) handle?.setBlocking?.(false);
}

function sinkOf(stream: NodeJS.WriteStream): Sink {
  // Each write says itself what became of it.
  stream.on('error', () => undefined);
  if (!(stream instanceof Socket)) return writeToFile;
  neverWait(stream);
  return (bytes, done) => void stream.write(bytes, done);
}

/** In Node's thread pool. Not for pipes: one that is full would keep a thread for ever, and the process from its end. */
function writeToFile(...[bytes, done]: Parameters<Sink>): void {
  write(STANDARD_ERROR, bytes, (error, written) => {
    if (error || written === bytes.length) done(error);
    else writeToFile(bytes.subarray(written), done);
  });
}
