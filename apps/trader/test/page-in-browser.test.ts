// The dashboard as the trader serves it, in a browser: its own policy forbids it nothing that it needs.
import { browserBed } from '@trader/testkit/browser';
import { describe, expect, test } from 'vitest';
import { readBuiltPage } from '../src/http/page/read-page.ts';
import { createLog } from '../src/log/log.ts';
import { serveView } from './http-view.ts';

const bed = browserBed();

describe.skipIf(bed.missing)(bed.title('the page'), () => {
  test('is shown, asks the trader over its socket, and breaks no rule of its policy', async () => {
    await using served = await serveView({}, {}, { page: await readBuiltPage(createLog('silent')) });
    const page = await bed.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => void (message.type() === 'error' && complaints.push(message.text())));
    page.on('pageerror', (error) => void complaints.push(error.message));
    const socket = page.waitForEvent('websocket');
    await page.goto(`${served.base}/#/`);
    const opened = await socket;
    expect(new URL(opened.url()).pathname).toBe('/ws');
    await opened.waitForEvent('framereceived');
    await page.waitForSelector('#page *');
    expect(complaints).toEqual([]);
    await page.close();
  });
});
