// What the page costs a browser at 3,000 deltas a second: frames, long tasks, memory. `pnpm bench:dashboard [MINUTES]`
import { availableParallelism, cpus } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { launchChromium, type Browser, type Page } from '@trader/testkit/chromium';
import { startTrader, type SimulatedTrader } from './start-trader.ts';

const DELTAS_PER_SECOND = 3_000;
const VIEWS = ['overview', 'markets', 'market', 'sessions', 'faults'];
/** Views are loaded, filled and compiled in this time. */
const WARM_UP_MS = 10_000;
const SHORT_MS = 20_000;
/** A task that is longer takes a frame from whoever looks, and a click from whoever clicks. */
const LONG_TASK_MS = 50;

const minutes = Number(process.argv[2] ?? 10);
if (!(minutes > 0)) throw new Error('Minutes that the view of a market is looked at: a number above 0.');

const COUNT = `
  globalThis.seen = { frames: 0, tasks: [] };
  const nextFrame = () => {
    seen.frames++;
    requestAnimationFrame(nextFrame);
  };
  requestAnimationFrame(nextFrame);
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) seen.tasks.push(duration);
  }).observe({ entryTypes: ['longtask'] });`;

type Seen = { readonly frames: number; readonly tasks: readonly number[] };
type Row = {
  readonly view: string;
  readonly seconds: number;
  readonly deltasPerSecond: number;
  readonly framesPerSecond: number;
  readonly longTasks: number;
  readonly longestTaskMs: number;
  readonly heapMb: readonly number[];
  readonly nodes: number;
};

const deltasOf = async ({ base }: SimulatedTrader): Promise<number> => {
  const { session } = (await (await fetch(`${base}/status`)).json()) as { session: { deltas: number } | null };
  return session?.deltas ?? NaN;
};

/** Megabytes that are in use once garbage is gone. */
async function heapOf(page: Page): Promise<number> {
  const inspector = await page.context().newCDPSession(page);
  await inspector.send('HeapProfiler.collectGarbage');
  const { usedSize } = await inspector.send('Runtime.getHeapUsage');
  await inspector.detach();
  return usedSize / 1e6;
}

async function look(browser: Browser, trader: SimulatedTrader, view: string, forMs: number): Promise<Row> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.addInitScript(COUNT);
  await page.goto(`${trader.base}/#/${view}`);
  await pause(WARM_UP_MS);
  const heapMb = [await heapOf(page)];
  const startDeltas = await deltasOf(trader);
  let elapsedMs = 0;
  let frames = 0;
  const tasks: number[] = [];
  // Memory is looked at between the parts, as that takes time too.
  for (let part = 0; elapsedMs < forMs; part++) {
    await page.evaluate('seen.frames = 0; seen.tasks = [];');
    const startMs = performance.now();
    await pause(Math.min(60_000, forMs - elapsedMs));
    const seen = await page.evaluate<Seen>('seen');
    elapsedMs += performance.now() - startMs;
    frames += seen.frames;
    tasks.push(...seen.tasks);
    heapMb.push(await heapOf(page));
  }
  const seconds = elapsedMs / 1_000;
  const row = {
    view,
    seconds,
    deltasPerSecond: ((await deltasOf(trader)) - startDeltas) / seconds,
    framesPerSecond: frames / seconds,
    longTasks: tasks.filter((ms) => ms > LONG_TASK_MS).length,
    longestTaskMs: Math.max(0, ...tasks),
    heapMb,
    nodes: await page.evaluate<number>('document.querySelectorAll("*").length'),
  };
  await page.close();
  return row;
}

const trader = await startTrader({ markets: 20, deltasPerSecond: DELTAS_PER_SECOND });
const browser = await launchChromium();
process.stdout.write(
  `Node ${process.version}, Chromium ${browser.version()} without a GPU, ${cpus()[0]?.model}, ${availableParallelism()} cores\n\n` +
    '| view | seconds | deltas/s recorded | frames/s | tasks over 50 ms | longest task, ms | heap, MB, from minute to minute | elements |\n' +
    '| --- | --- | --- | --- | --- | --- | --- | --- |\n',
);
try {
  for (const view of VIEWS) {
    const row = await look(browser, trader, view, view === 'market' ? minutes * 60_000 : SHORT_MS);
    const { seconds, deltasPerSecond, framesPerSecond, longTasks, longestTaskMs, heapMb, nodes } = row;
    const figures = [seconds, deltasPerSecond, framesPerSecond, longTasks, longestTaskMs].map((n) => n.toFixed(0));
    const heap = heapMb.map((megabytes) => megabytes.toFixed(1)).join(', ');
    process.stdout.write(`| ${[view, ...figures, heap, nodes].join(' | ')} |\n`);
  }
} finally {
  await browser.close();
  await trader.stop();
}
