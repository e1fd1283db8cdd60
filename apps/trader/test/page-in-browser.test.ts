// The dashboard as the trader serves it, in a browser: its own policy forbids it nothing that it needs.
import { temporaryFolder, type TemporaryFolder } from '@trader/testkit';
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
  let exports: TemporaryFolder;
  beforeAll(async () => {
    exports = temporaryFolder();
    running = await startHttpTrader(undefined, { database: { url: await newDatabase() }, exportDir: exports.path });
  });
  afterAll(async () => {
    await running[Symbol.asyncDispose]();
    exports.remove();
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

  test('what became of a session is found again by a page that is loaded anew, and its book at a time is a link', async () => {
    const page = await bed.newPage();
    const complaints = complaintsOf(page);
    const { id } = running.trader.status().session!;
    await page.goto(`${running.base}/#/sessions/${id}`);
    const row = page.locator(`#session-${id}`);
    await row.getByText(/^\d+\.\d{3} %$/).waitFor({ timeout: 60_000 });
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    await page.getByText('Parquet files').waitFor({ timeout: 60_000 });
    await page.keyboard.press('v');
    await page.getByText('Every law holds').waitFor({ timeout: 60_000 });
    await page.reload();
    await page.getByText('Every law holds').waitFor({ timeout: 60_000 });
    expect(await page.getByLabel('Export', { exact: true }).textContent()).toContain(exports.path);
    await page.getByRole('link', { name: 'open it' }).click();
    await page.getByText('spread').first().waitFor({ state: 'attached', timeout: 60_000 });
    expect(new URL(page.url()).hash).toMatch(/^#\/market\/KXSIM-\d+\?at=\d+$/);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('asks for a token where there is one, keeps it for its tab, and puts it into no address', async () => {
    const token = 'a-token-of-some-length';
    await using served = await serveView({}, { token }, { page: await readBuiltPage(createLog('silent')) });
    const page = await bed.newPage();
    const addresses: string[] = [];
    page.on('request', (request) => void addresses.push(request.url()));
    page.on('websocket', (socket) => void addresses.push(socket.url()));
    await page.goto(`${served.base}/#/overview`);
    await page.getByRole('heading', { name: 'This trader wants a token.' }).waitFor({ timeout: 60_000 });
    await page.getByLabel('Token').fill('another-one-of-length');
    await page.getByRole('button', { name: 'Show the trader' }).click();
    await page.getByRole('alert').getByText('The trader refused that token.').waitFor({ timeout: 60_000 });
    await page.getByLabel('Token').fill(token);
    await page.getByRole('button', { name: 'Show the trader' }).click();
    await page.getByRole('region', { name: 'State' }).waitFor({ timeout: 60_000 });
    await page.reload();
    await page.getByRole('region', { name: 'State' }).waitFor({ timeout: 60_000 });
    expect(await page.evaluate('localStorage.length')).toBe(0);
    expect(addresses.filter((address) => address.includes(token))).toEqual([]);
    await page.close();
  });

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

  test('a storm injects one fault after the other, and its button ends it with all of them', async () => {
    const page = await bed.newPage();
    await page.goto(`${running.base}/#/faults`);
    await page.getByRole('button', { name: 'Storm for 60 s' }).click();
    const end = page.getByRole('button', { name: 'End the storm' });
    await end.waitFor({ timeout: 60_000 });
    const injected = async (): Promise<number> => page.locator('tbody tr').count();
    const before = await injected();
    await expect.poll(injected, { timeout: 60_000 }).toBeGreaterThan(before + 1);
    await end.click();
    await page.getByRole('button', { name: 'Storm for 60 s' }).waitFor({ timeout: 60_000 });
    const { faults } = (await running.get<{ readonly faults: readonly unknown[] }>('/faults')).body;
    expect(faults).toEqual([]);
    await page.close();
  });

  test('the timeline shows what the brush of the week is drawn to, and now again', async () => {
    const page = await bed.newPage();
    await page.goto(`${running.base}/#/overview`);
    const title = page.locator('.timeline h2');
    await page.getByRole('button', { name: '24 h', exact: true }).click();
    await expect.poll(async () => title.textContent(), { timeout: 60_000 }).toBe('Last 24 hours');
    const box = (await page.locator('.week-strip').boundingBox())!;
    const [x, y] = [box.x + box.width - 40, box.y + box.height / 2];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x - 200, y, { steps: 4 });
    await page.mouse.up();
    await expect
      .poll(async () => title.textContent(), { timeout: 60_000 })
      .toMatch(/\d\d:\d\d to \w{3} \d\d \d\d:\d\d$/);
    await page.keyboard.press('0');
    await expect.poll(async () => title.textContent(), { timeout: 60_000 }).toBe('Last 24 hours');
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
