// A browser for tests of pages: one for a file of tests, without a window. Where there is none, tests say by name that they
// were skipped; in CI they fail, since there nobody reads what was skipped.
import { afterAll } from 'vitest';
import {
  chromiumPath,
  HOW_TO_GET_ONE,
  launchChromium,
  type Browser,
  type BrowserContextOptions,
  type Page,
} from './launch-chromium.ts';

export type { Page };

export type BrowserBed = {
  /** Tests that need a browser are to be skipped: `describe.skipIf(bed.missing)(bed.title('the page'), …)`. */
  readonly missing: boolean;
  readonly title: (name: string) => string;
  /** A page that knows nothing of others, neither storage nor cache. The browser is started for the first one. */
  readonly newPage: (options?: BrowserContextOptions) => Promise<Page>;
};

/** Of a file of tests, at its top: the browser is closed after the last of them. */
export function browserBed(env: NodeJS.ProcessEnv = process.env): BrowserBed {
  const missing = chromiumPath(env) === null && !env['CI'];
  let browser: Promise<Browser> | null = null;
  // One that could not be started was told of where it was wanted.
  afterAll(async () => (await browser?.catch(() => null))?.close());
  return {
    missing,
    title: (name) => (missing ? `${name} (skipped: ${HOW_TO_GET_ONE})` : name),
    async newPage(options) {
      browser ??= launchChromium(env);
      return (await browser).newPage(options);
    },
  };
}
