import { readFileSync } from 'node:fs';

/** `package.json` lies beside `src/` and beside `dist/`, and this module lies directly in either. */
export const packageVersion = (): string =>
  (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }).version;
