// What tests of the page share: its views, and what it complains of.
import type { Page } from '@trader/testkit/browser';

/** Each view of the page, and words that are there once it shows a trader that records the simulator. */
export const PAGE_VIEWS: readonly (readonly [view: string, words: string])[] = [
  ['overview', 'Ready'],
  ['markets', 'KXSIM-00001'],
  ['market/KXSIM-00001', 'spread'],
  ['sessions', 'active'],
  ['faults', 'Break something'],
];

/** For what comes by itself; a machine may be busy. */
const DEADLINE_MS = 60_000;

export async function openView(page: Page, base: string, [view, words]: readonly [string, string]): Promise<void> {
  await page.goto(`${base}/#/${view}`);
  await shows(page, words);
}

/** Waits for words that come by themselves. */
export const shows = (page: Page, words: string): Promise<void> =>
  page.getByText(words).first().waitFor({ state: 'attached', timeout: DEADLINE_MS });

/** What the page says that is wrong with it, as it comes. */
export function complaintsOf(page: Page): readonly string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    // An answer that is a refusal is none: the page shows what it says.
    const isComplaint = message.type() === 'error' && !message.text().startsWith('Failed to load resource');
    if (isComplaint) complaints.push(message.text());
  });
  page.on('pageerror', (error) => void complaints.push(error.message));
  return complaints;
}
