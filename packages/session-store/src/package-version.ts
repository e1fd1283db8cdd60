import { readFileSync } from 'node:fs';

/** It lies above `src/` and above `dist/`, and this module lies directly in either. */
export const packageFolder = (): URL => new URL('../', import.meta.url);

export const packageVersion = (): string =>
  (JSON.parse(readFileSync(new URL('package.json', packageFolder()), 'utf8')) as { version: string }).version;
