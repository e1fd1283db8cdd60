// How a test starts the program as a process of its own: with none of this process's settings, and quickly.
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/** To stand before the program's file. */
export const nodeFlags: readonly string[] = [
  '--import',
  createRequire(import.meta.url).resolve('@trader/testkit/quick-imports'),
];

/** Compiled code is kept for the next start, and however busy the machine is, there is time for a clean end. */
export const childEnvironment = (): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TRADER_'))),
  TRADER_DRAIN: '60s',
  NODE_COMPILE_CACHE: fileURLToPath(new URL('../node_modules/.cache/node-compile/', import.meta.url)),
});
