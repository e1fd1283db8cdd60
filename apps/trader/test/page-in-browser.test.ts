// The dashboard as the trader serves it, in a browser: its own policy forbids it nothing that it needs.
import { browserBed } from '@trader/testkit/browser';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readBuiltPage } from '../src/http/page/read-page.ts';
import { createLog } from '../src/log/log.ts';
import { newDatabase } from './databases.ts';
import { startHttpTrader } from './http-trader.ts';
import { serveView } from './http-view.ts';
import { complaintsOf, openView, PAGE_VIEWS } from './page-views.ts';

const bed = browserBed();

describe.skipIf(bed.missing)(bed.title('the page'), () => {
  let running: Awaited<ReturnType<typeof startHttpTrader>>;
  beforeAll(async () => {
    running = await startHttpTrader(undefined, { database: { url: await newDatabase() } });
  });
  afterAll(async () => {
    await running[Symbol.asyncDispose]();
  });

  test('is shown, asks the trader over its socket, and breaks no rule of its policy', async () => {
    await using served = await serveView({}, {}, { page: await readBuiltPage(createLog('silent')) });
    const page = await bed.newPage();
    const complaints = complaintsOf(page);
    const socket = page.waitForEvent('websocket');
    await page.goto(`${served.base}/#/`);
    const opened = await socket;
    expect(new URL(opened.url()).pathname).toBe('/ws');
    await opened.waitForEvent('framereceived');
    await page.waitForSelector('#page *');
    expect(complaints).toEqual([]);
    await page.close();
  });

  test.each(PAGE_VIEWS)(
    '#/%s shows a trader that records the simulator, and complains of nothing',
    async (view, words) => {
      const page = await bed.newPage();
      const complaints = complaintsOf(page);
      await openView(page, running.base, [view, words]);
      expect(complaints).toEqual([]);
      await page.close();
    },
  );

  test('a fault that is injected in the page is noticed by the trader, and the page says that it healed', async () => {
    const page = await bed.newPage();
    await page.goto(`${running.base}/#/faults`);
    await page.getByRole('button', { name: 'cut', exact: true }).click();
    await page.getByRole('button', { name: 'Inject cut' }).click();
    const verdict = page.getByRole('heading', { name: 'Healed in' });
    await verdict.waitFor({ timeout: 60_000 });
    expect(await verdict.textContent()).toMatch(/Healed in \d/);
    // What the strip shows is told in words too.
    await page.getByText(/^healed: \+/).waitFor({ state: 'attached', timeout: 60_000 });
    await page.close();
  });

  test('without the trader the page says so, and shows nothing as live', async () => {
    const page = await bed.newPage();
    await using gone = await startHttpTrader();
    await page.goto(`${gone.base}/#/overview`);
    await page.getByText('Ready').first().waitFor({ timeout: 60_000 });
    await gone[Symbol.asyncDispose]();
    await page.getByRole('heading', { name: 'No contact' }).waitFor({ timeout: 60_000 });
    const banner = page.getByRole('alert');
    await banner.waitFor({ timeout: 60_000 });
    expect(await banner.textContent()).toMatch('Disconnected: what you see is');
    await page.close();
  });
});
