// Nanoseconds for one change of a book, and for reading it after each change.
import { Ccxt } from './books/ccxt.ts';
import type { BookContender, BookContenderClass } from './books/contender.ts';
import { Ours } from './books/ours.ts';
import { PlainMap } from './books/plain-map.ts';
import { Pmxt } from './books/pmxt.ts';
import { Tardis } from './books/tardis.ts';
import { makeTape } from './books/tape.ts';
import { collectGarbage } from './garbage.ts';
import type { Grid } from './market-flow.ts';
import { atLeast, print, round, times, type Row } from './report.ts';
import { interleave, median } from './rounds.ts';

const markets = 1000;
const changes = 200_000;
const rounds = 5;
const classes: readonly BookContenderClass[] = [Ours, Ccxt, Tardis, Pmxt, PlainMap];
const tasks = ['apply', 'applyAndReadBest', 'applyAndReadTop'] as const;

type Task = (typeof tasks)[number];
type Times = Readonly<Record<Task, number>>;

function measure(contender: BookContender): Times {
  const nanoseconds = (task: Task): number => {
    contender.reset();
    collectGarbage();
    // Not the clock: what else the machine does is nobody's fault here.
    const before = process.threadCpuUsage();
    checksum += contender[task]();
    const { user, system } = process.threadCpuUsage(before);
    return ((user + system) * 1000) / changes;
  };
  return Object.fromEntries(tasks.map((task) => [task, nanoseconds(task)])) as Times;
}

async function compare(grid: Grid, least: number): Promise<void> {
  const tape = makeTape(grid, markets, changes);
  const contenders = classes.map((Contender) => new Contender(tape));
  const results = await interleave(contenders, rounds, measure);
  const middle = (contender: BookContender, task: Task) => median(results.get(contender)!.map((run) => run[task]));
  const wrong = contenders.map((contender) => {
    const bestBids = contender.bestBids();
    return tape.bestBids.filter((price, market) => price !== bestBids[market]).length;
  });
  if (wrong[0] !== 0) throw new Error(`${wrong[0]} books of ours are wrong`);

  const appliedIn = contenders.map((contender) => middle(contender, 'apply'));
  const [ours = 0, ccxt = 0] = appliedIn;
  const rows = contenders.flatMap((contender, index): Row[] => {
    const title = classes[index]!.title;
    const applied = appliedIn[index]!;
    const added = (task: Task) => Math.max(0, middle(contender, task) - applied);
    const extra = (what: string, ns: number, most: number): Row => ({
      what: `${title}: ${what}`,
      figure: `+${round(ns)} ns`,
      ...(index === 0 && { goal: { text: `≤ +${most} ns`, met: ns <= most } }),
    });
    return [
      {
        what: wrong[index]! > 0 ? `${title} (${wrong[index]} of ${markets} best bids wrong)` : title,
        figure: `${round(applied)} ns`,
        ...(index > 0 && { ratio: times(applied / ours) }),
        ...(index === 1 && { goal: atLeast(ccxt / ours, least) }),
      },
      extra('best bid and ask', added('applyAndReadBest'), 60),
      extra('top 10 bids', added('applyAndReadTop'), 150),
    ];
  });
  print({
    title: `Book, ${grid} prices`,
    input:
      `${markets} books of ${round(tape.levelsPerBook)} levels, ${changes} changes in random ones, ` +
      `ns of processor time per change, median of ${rounds} rounds; ratio: how much longer than ours`,
    rows,
  });
}

let checksum = 0;
await compare('cent', 8);
await compare('deci-cent', 4);
if (Number.isNaN(checksum)) throw new Error('a book was empty');
