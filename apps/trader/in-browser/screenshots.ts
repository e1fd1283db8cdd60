// Pictures of the page for the READMEs, from a run of the simulator with some faults: `pnpm screenshots [MINUTES]`, into
// docs/screenshots.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { launchChromium, type Browser, type Page } from '@trader/testkit/chromium';
import { startTrader } from './start-trader.ts';

const minutes = Number(process.argv[2] ?? 12);
if (!(minutes >= 1)) throw new Error('Minutes that are recorded before the pictures are taken: a number from 1.');

const folder = join(import.meta.dirname, '../../../docs/screenshots');
mkdirSync(folder, { recursive: true });

const DESKTOP = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
/** Questions are answered, those about the past too, and the live part of a picture has begun. */
const SETTLED_MS = 20_000;
/** What the page counts itself, as the changes of each market, has something to show. */
const COUNTED_MS = 150_000;

type Picture = {
  readonly name: string;
  readonly view: string;
  readonly colorScheme?: 'light' | 'dark';
  readonly viewport?: typeof DESKTOP;
  /** @default SETTLED_MS */
  readonly afterMs?: number;
  /** What is done to the page before. */
  readonly prepare?: (page: Page) => Promise<void>;
};

async function take(browser: Browser, base: string, picture: Picture): Promise<void> {
  const { name, view, colorScheme = 'light', viewport = DESKTOP, afterMs = SETTLED_MS, prepare } = picture;
  const page = await browser.newPage({
    viewport,
    colorScheme,
    deviceScaleFactor: viewport === PHONE ? 2 : 1,
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
  });
  await page.goto(`${base}/#/${view}`);
  await pause(afterMs);
  await prepare?.(page);
  await page.screenshot({ path: join(folder, `${name}.png`) });
  await page.close();
  process.stdout.write(`docs/screenshots/${name}.png\n`);
}

/** The first session of the list that has ended, and what its verification says. */
async function verifyEnded(page: Page): Promise<void> {
  await page.getByRole('row').filter({ hasText: 'health_failure' }).first().click();
  await page.getByRole('button', { name: 'Verify' }).first().click();
  await page.getByText('Every law holds').waitFor();
}

const trader = await startTrader({ markets: 60, deltasPerSecond: 300 });
const browser = await launchChromium();
try {
  const { base, inject } = trader;
  // Spread over the run, so that holes, repairs and a change of sessions are in sight.
  const faults = ['drop', 'wrong-snapshot', 'refuse', 'seq-hole', 'half-open', 'corrupt', 'duplicate', 'drop'];
  for (const name of faults) {
    await pause((minutes * 60_000) / faults.length);
    await inject(name, name === 'refuse' ? 9_000 : 8_000);
  }
  await pause(20_000);
  const both = (name: string, view: string): Picture[] => [
    { name: `${name}-light`, view },
    { name: `${name}-dark`, view, colorScheme: 'dark' },
  ];
  for (const picture of [
    ...both('overview', 'overview'),
    ...both('market', 'market'),
    { name: 'markets', view: 'markets', afterMs: COUNTED_MS },
    { name: 'sessions', view: 'sessions', prepare: verifyEnded },
    { name: 'faults', view: 'faults', colorScheme: 'dark' as const },
    { name: 'phone', view: 'overview', viewport: PHONE },
  ]) {
    await take(browser, base, picture);
  }
  await take(browser, base, {
    name: 'overview-error',
    view: 'overview',
    prepare: async (page) => {
      await inject('refuse', 40_000);
      await page.getByText('Nothing is being recorded.').waitFor();
      await pause(5_000);
    },
  });
  await take(browser, base, {
    name: 'overview-disconnected',
    view: 'overview',
    prepare: async (page) => {
      await trader.stop();
      await page.getByText('Disconnected: what you see is').waitFor();
      await pause(5_000);
    },
  });
} finally {
  await browser.close();
  await trader.stop();
}
