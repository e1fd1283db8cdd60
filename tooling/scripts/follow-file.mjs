import { closeSync, openSync, readSync } from 'node:fs';

/**
 * Copies to `out` what is written to a file, as it comes.
 *
 * @param {string} file that is there
 * @param {NodeJS.WritableStream} out
 * @returns {() => void} copies the rest and ends
 */
export function followFile(file, out) {
  const input = openSync(file, 'r');
  const buffer = Buffer.alloc(65_536);
  const copy = () => {
    for (let length; (length = readSync(input, buffer)) > 0;) out.write(Buffer.from(buffer.subarray(0, length)));
  };
  const timer = setInterval(copy, 250);
  return () => {
    clearInterval(timer);
    copy();
    closeSync(input);
  };
}
