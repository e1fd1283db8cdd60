import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const flags = ['--no-warnings', '--conditions=@trader/source'];

/** Starts a program of `fixtures/`, by its file's name, as a process of its own. */
export const startFixture = (name: string, ...parameters: string[]): ChildProcessByStdio<null, Readable, Readable> =>
  spawn(process.execPath, [...flags, fileURLToPath(new URL(`fixtures/${name}`, import.meta.url)), ...parameters], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
