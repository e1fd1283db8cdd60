// What happens to the trader, as somebody sees it who only has the page open: nothing is reloaded.
import { browserBed, type Page } from '@trader/testkit/browser';
import { describe, expect, test } from 'vitest';
import { newDatabase } from './databases.ts';
import { startHttpTrader } from './http-trader.ts';
import { complaintsOf, openView, shows } from './page-views.ts';

const bed = browserBed();

const overview = ['overview', 'is recording'] as const;
const shortId = (id: string): string => id.slice(0, 8);
/** The state in one word, as large as it is there. */
const word = (page: Page) => page.locator('.band h1');
const band = (page: Page) => page.getByRole('region', { name: 'State' });

describe.skipIf(bed.missing)(bed.title('the open page'), () => {
  test('says that nothing is recorded while the feed fails, and then which session goes on', async () => {
    await using running = await startHttpTrader(undefined, {
      database: { url: await newDatabase() },
      holdDownMs: 200,
    });
    const { exchange, trader } = running;
    const page = await bed.newPage();
    const complaints = complaintsOf(page);
    await openView(page, running.base, overview);
    const failed = trader.status().session!.id;
    await shows(page, shortId(failed));

    const refused = exchange.control.faults.add({ kind: 'refuse', status: 503 });
    exchange.control.dropConnections();
    await band(page).getByText('Nothing is being recorded.').waitFor({ timeout: 60_000 });
    expect(await word(page).textContent()).toBe('Error');
    expect(await band(page).getAttribute('class')).toContain('flooded');

    exchange.control.faults.remove(refused);
    await band(page).getByText('is recording').waitFor({ timeout: 60_000 });
    expect(await word(page).textContent()).toBe('Ready');
    expect(await band(page).getAttribute('class')).not.toContain('flooded');
    const next = trader.status().session!.id;
    expect(next).not.toBe(failed);
    await band(page)
      .getByText(`Session ${shortId(next)} is recording`)
      .waitFor({ timeout: 60_000 });
    await shows(page, 'continues 1 other');

    await page.getByRole('link', { name: 'Sessions', exact: true }).click();
    const row = (id: string) => page.getByRole('row').filter({ hasText: shortId(id) });
    await row(next).getByText('active').waitFor({ timeout: 60_000 });
    await row(failed).getByText('health_failure').waitFor({ timeout: 60_000 });
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('says when the trader was started anew, and shows the new process', async () => {
    const database = { url: await newDatabase() };
    const page = await bed.newPage();
    let port = 0;
    let before = '';
    {
      await using running = await startHttpTrader(undefined, { database });
      port = Number(new URL(running.base).port);
      before = running.trader.status().session!.id;
      await openView(page, running.base, overview);
      await shows(page, shortId(before));
    }
    const lost = page.getByRole('alert');
    await lost.getByText('Disconnected: what you see is').waitFor({ timeout: 60_000 });
    expect(await word(page).textContent()).toBe('No contact');

    await using running = await startHttpTrader(undefined, { database, port });
    await page.getByRole('status').getByText('The trader was started anew.').waitFor({ timeout: 60_000 });
    await lost.waitFor({ state: 'detached', timeout: 60_000 });
    const session = running.trader.status().session!.id;
    await band(page)
      .getByText(`Session ${shortId(session)} is recording`)
      .waitFor({ timeout: 60_000 });
    await page.close();
  });
});
