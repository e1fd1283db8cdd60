// A browser for tests of pages: one for a file of tests, without a window. Where there is none, tests say by name that they
// were skipped; in CI they fail, since there nobody reads what was skipped.
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { afterAll } from 'vitest';
import { findChromium } from './find-chromium.ts';

export type { Page };

/** Nothing but the page that is tested is to ask the network, or to take time at the start. */
const ARGUMENTS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export type BrowserBed = {
  /** Tests that need a browser are to be skipped: `describe.skipIf(bed.missing)(bed.title('the page'), …)`. */
  readonly missing: boolean;
  readonly title: (name: string) => string;
  /** A page that knows nothing of others, neither storage nor cache. The browser is started for the first one. */
  readonly newPage: (options?: BrowserContextOptions) => Promise<Page>;
};

const HOW_TO_GET_ONE = 'no Chromium or Chrome was found: install one, or name it in CHROMIUM_PATH';

/** Of a file of tests, at its top: the browser is closed after the last of them. */
export function browserBed(env: NodeJS.ProcessEnv = process.env): BrowserBed {
  const executablePath = findChromium({ env, platform: process.platform, own: chromium.executablePath() });
  const missing = executablePath === null && !env['CI'];
  let browser: Promise<Browser> | null = null;
  afterAll(async () => (await browser)?.close());
  return {
    missing,
    title: (name) => (missing ? `${name} (skipped: ${HOW_TO_GET_ONE})` : name),
    async newPage(options) {
      if (executablePath === null) throw new Error(HOW_TO_GET_ONE);
      // As root there is no sandbox that it could have.
      const chromiumSandbox = process.getuid?.() !== 0;
      browser ??= chromium.launch({ executablePath, chromiumSandbox, args: ARGUMENTS });
      return (await browser).newPage(options);
    },
  };
}
