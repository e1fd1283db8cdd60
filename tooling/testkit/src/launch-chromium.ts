// A browser without a window, for tests, benchmarks and pictures of pages.
import { chromium, type Browser } from 'playwright-core';
import { findChromium } from './find-chromium.ts';

export type { Browser, BrowserContextOptions, Page } from 'playwright-core';

/** Nothing but the page that is looked at is to ask the network, or to take time at the start. */
const ARGUMENTS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const HOW_TO_GET_ONE = 'no Chromium or Chrome was found: install one, or name it in CHROMIUM_PATH';

/** The browser that there is; `null`: none. */
export const chromiumPath = (env: NodeJS.ProcessEnv): string | null =>
  findChromium({ env, platform: process.platform, own: chromium.executablePath() });

/** @throws {Error} where there is no browser */
export async function launchChromium(env: NodeJS.ProcessEnv = process.env): Promise<Browser> {
  const executablePath = chromiumPath(env);
  if (executablePath === null) throw new Error(HOW_TO_GET_ONE);
  // As root there is no sandbox that it could have.
  const chromiumSandbox = process.getuid?.() !== 0;
  return chromium.launch({ executablePath, chromiumSandbox, args: ARGUMENTS });
}
