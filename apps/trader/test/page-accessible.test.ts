// Every view of the page, as keyboards, screen readers and tired eyes need it: axe finds nothing.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import { browserBed, type Page } from '@trader/testkit/browser';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newDatabase } from './databases.ts';
import { startHttpTrader } from './http-trader.ts';
import { openView, PAGE_VIEWS, shows } from './page-views.ts';

const bed = browserBed();
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe has to say of the page as it is now, a line each. */
async function violationsOf(page: Page): Promise<string[]> {
  // As a debugger does it: the page's own policy lets no other script in.
  const { violations } = await page.evaluate<AxeResults>(`axe.run({ resultTypes: ['violations'] })`);
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} at ${target.join(' ')}: ${failureSummary}`),
  );
}

/** In light colours, in dark ones, and on a phone. */
async function violationsEverywhere(page: Page): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const [name, colorScheme, width] of [
    ['light', 'light', 1440],
    ['dark', 'dark', 1440],
    ['phone', 'light', 390],
  ] as const) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 844 });
    found[name] = await violationsOf(page);
  }
  return found;
}

describe.skipIf(bed.missing)(bed.title('the page'), () => {
  let running: Awaited<ReturnType<typeof startHttpTrader>>;
  let page: Page;
  beforeAll(async () => {
    running = await startHttpTrader(undefined, { database: { url: await newDatabase() } });
    page = await bed.newPage({ reducedMotion: 'reduce' });
    await page.goto(running.base);
    await page.evaluate(axe);
  });
  afterAll(async () => {
    await running[Symbol.asyncDispose]();
  });

  test.each(PAGE_VIEWS)('#/%s has nothing that axe objects to: light, dark, on a phone', async (view, words) => {
    await openView(page, running.base, [view, words]);
    expect(await violationsEverywhere(page)).toEqual({ light: [], dark: [], phone: [] });
  });

  test.each(PAGE_VIEWS)('nor has #/%s without the trader', async (view) => {
    await running[Symbol.asyncDispose]();
    await page.goto(`${running.base}/#/${view}`);
    await shows(page, 'Disconnected: what you see is');
    expect(await violationsEverywhere(page)).toEqual({ light: [], dark: [], phone: [] });
  });
});
