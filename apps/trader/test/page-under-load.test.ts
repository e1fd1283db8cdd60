// However much comes, the page draws each of its canvases at most once for a frame of the display, and does not grow.
import { browserBed, type Page } from '@trader/testkit/browser';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newDatabase } from './databases.ts';
import { startHttpTrader } from './http-trader.ts';
import { openView, PAGE_VIEWS, shows } from './page-views.ts';

const bed = browserBed();

/** Elements of the whole page. Views have a few hundred, and a list adds the rows in sight. */
const MOST_NODES = 2_500;

/** Counts, in the page, how often a canvas in it is cleared between two frames: each drawing begins so. */
const COUNT_DRAWINGS = `
  globalThis.counts = { frames: 0, drawings: 0, mostInFrame: 0 };
  let drawn = new Map();
  const { clearRect } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.clearRect = function (...rectangle) {
    if (this.canvas.isConnected) {
      const times = (drawn.get(this.canvas) ?? 0) + 1;
      drawn.set(this.canvas, times);
      counts.drawings++;
      counts.mostInFrame = Math.max(counts.mostInFrame, times);
    }
    clearRect.apply(this, rectangle);
  };
  const nextFrame = () => {
    counts.frames++;
    drawn = new Map();
    requestAnimationFrame(nextFrame);
  };
  requestAnimationFrame(nextFrame);`;

/** A hand that is quicker than the display: many moves and turns of the wheel over each canvas, all between two frames. */
const MOVE_QUICKLY = `
  for (const canvas of document.querySelectorAll('canvas')) {
    const { left, top, width } = canvas.getBoundingClientRect();
    for (let step = 1; step <= 20; step++) {
      const at = { bubbles: true, cancelable: true, clientX: left + (width * step) / 40, clientY: top + 2 * step };
      canvas.dispatchEvent(new PointerEvent('pointermove', at));
      canvas.dispatchEvent(new WheelEvent('wheel', { ...at, deltaY: step % 2 === 0 ? 40 : -40 }));
    }
  }`;

const MARK_ROWS = `for (const row of document.querySelectorAll('tbody tr')) row.isMarked = true`;
const NEW_ROWS = `[...document.querySelectorAll('tbody tr')].filter((row) => !row.isMarked).length`;

type Counts = { readonly frames: number; readonly drawings: number; readonly mostInFrame: number };
const countsOf = (page: Page) => page.evaluate<Counts>('({ ...counts })');
const nodesOf = (page: Page) => page.evaluate<number>('document.querySelectorAll("*").length');

async function framesLater(page: Page, frames: number): Promise<Counts> {
  const { frames: now } = await countsOf(page);
  await expect.poll(async () => (await countsOf(page)).frames, { timeout: 120_000 }).toBeGreaterThan(now + frames);
  return countsOf(page);
}

describe.skipIf(bed.missing)(bed.title('the page at 3,000 deltas a second'), () => {
  let running: Awaited<ReturnType<typeof startHttpTrader>>;
  let page: Page;
  beforeAll(async () => {
    running = await startHttpTrader(
      { markets: 20, deltasPerSecond: 3_000 },
      { database: { url: await newDatabase() } },
    );
    page = await bed.newPage();
    await page.addInitScript(COUNT_DRAWINGS);
    await openView(page, running.base, PAGE_VIEWS.at(-1)!);
  });
  afterAll(async () => {
    await running[Symbol.asyncDispose]();
  });

  test.each(PAGE_VIEWS)('#/%s draws each canvas once a frame at most, and has few nodes', async (view, words) => {
    await page.evaluate('counts.drawings = counts.mostInFrame = 0');
    await openView(page, running.base, [view, words]);
    for (let times = 0; times < 3; times++) {
      await page.evaluate(MOVE_QUICKLY);
      await framesLater(page, 2);
    }
    const { mostInFrame, drawings } = await framesLater(page, 10);
    expect(mostInFrame).toBeLessThanOrEqual(1);
    expect(drawings).toBeGreaterThanOrEqual(await page.locator('canvas').count());
    expect(await nodesOf(page)).toBeLessThan(MOST_NODES);
  });
});

describe.skipIf(bed.missing)(bed.title('the page of 2,000 markets'), () => {
  test('has the rows in sight alone, at the beginning and at the end', async () => {
    await using running = await startHttpTrader(
      { markets: 2_000, deltasPerSecond: 200 },
      { database: { url: await newDatabase() } },
    );
    const page = await bed.newPage();
    await openView(page, running.base, ['markets', 'KXSIM-']);
    await shows(page, '2,000');
    const rows = page.locator('tbody tr');
    expect(await rows.count()).toBeLessThan(100);
    expect(await nodesOf(page)).toBeLessThan(MOST_NODES);
    await page.getByRole('button', { name: 'Market', exact: true }).click();
    await shows(page, 'KXSIM-00001');
    await page.getByRole('region', { name: 'Table of markets' }).press('End');
    await shows(page, 'KXSIM-02000');
    expect(await rows.count()).toBeLessThan(100);
    expect(await nodesOf(page)).toBeLessThan(MOST_NODES);
    for (const row of [300, 320, 900, 1_500, 1_480, 600]) {
      await page.evaluate(`document.querySelector('.markets-table').scrollTop = ${row} * 28`);
      await shows(page, `KXSIM-${String(row + 10).padStart(5, '0')}`);
      expect(await nodesOf(page)).toBeLessThan(MOST_NODES);
      if (row === 300) await page.evaluate(MARK_ROWS);
    }
    // The others are those that were there: as many as are in sight, more or less one.
    expect(await page.evaluate<number>(NEW_ROWS)).toBeLessThan(5);
    await page.close();
  });
});
