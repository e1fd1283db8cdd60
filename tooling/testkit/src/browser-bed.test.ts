import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { browserBed } from './browser-bed.ts';

const bed = browserBed();

describe.skipIf(bed.missing)(bed.title('a browser'), () => {
  test('runs the scripts of a page, and keeps nothing of one page for the next', async () => {
    const html = '<p></p><script>document.querySelector("p").textContent = localStorage.seen ?? "new"</script>';
    const server = createServer((_request, response) => void response.setHeader('content-type', 'text/html').end(html));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    for (let visit = 0; visit < 2; visit++) {
      const page = await bed.newPage();
      await page.goto(url);
      expect(await page.textContent('p')).toBe('new');
      await page.evaluate('localStorage.seen = "seen"');
      await page.reload();
      expect(await page.textContent('p')).toBe('seen');
      await page.close();
    }
    server.close();
    server.closeAllConnections();
  });
});

describe('without a browser', () => {
  const nowhere = { PATH: '/nowhere' };
  const without = browserBed(nowhere);
  const inCi = browserBed({ ...nowhere, CI: 'true' });

  // Some are found wherever the PATH leads.
  test.skipIf(!without.missing)('tests are skipped by name, but in CI they fail', async () => {
    expect(without.title('a page')).toMatch(/^a page \(skipped: no Chromium.*CHROMIUM_PATH\)$/);
    expect([inCi.missing, inCi.title('a page')]).toEqual([false, 'a page']);
    await expect(inCi.newPage()).rejects.toThrow(/^no Chromium/);
  });
});
