// How much of a market's last day can be rebuilt: a line where it was recorded, ticks where something is missing.
import type { Answer } from '../live/answers.ts';
import { percent } from '../text/number.ts';

type Page = Answer<'/coverage/summary'>;

/** `of`: `null` of a market of which nothing was recorded yet. Times are ms since the Unix epoch. */
export type Covered = {
  readonly stretch: { readonly fromMs: number; readonly toMs: number };
  readonly of: Page['markets'][number] | null;
};

/** @returns what is known of a market; `null`: nothing */
export function coverageByMarket(pages: readonly Page[]): (market: string) => Covered | null {
  const known = new Map<string, Covered>();
  for (const { fromMs, toMs, markets } of pages)
    for (const of of markets) known.set(of.market, { stretch: { fromMs, toMs }, of });
  const last = pages.at(-1);
  // Where some were left out, one that is not there may be any.
  const isComplete = last !== undefined && last.marketsSummed === last.marketsFound;
  const unlisted = isComplete ? { stretch: { fromMs: last.fromMs, toMs: last.toMs }, of: null } : null;
  return (market) => known.get(market) ?? unlisted;
}

export const coverageText = (covered: Covered | null): string =>
  covered === null ? '–' : covered.of === null ? 'new' : `${percent(covered.of.coveredMs, covered.of.ofMs)} %`;

/** In words, for whoever does not see the bar. */
export function coverageWords(covered: Covered | null): string {
  if (covered === null) return 'not known';
  if (covered.of === null) return 'not recorded yet';
  const { holes } = covered.of;
  return holes === 0 ? 'no holes' : `${holes} ${holes === 1 ? 'hole' : 'holes'}`;
}

/** A unit is one of the parts that holes are told in. */
export const BAR_WIDTH = 72;
export const BAR_HEIGHT = 12;

/** A tick can be seen where it is a part of a unit too. */
const LEAST_TICK = 1.4;

/** Paths of a picture of `BAR_WIDTH` by `BAR_HEIGHT`. */
export function coverageBar({ stretch, of }: Covered): {
  readonly dots: string;
  readonly line: string;
  readonly ticks: string;
} {
  const middle = BAR_HEIGHT / 2;
  const across = (from: number, to: number): string => (to > from ? `M${from} ${middle}H${to}` : '');
  if (of === null) return { dots: across(0, BAR_WIDTH), line: '', ticks: '' };
  const unitMs = (stretch.toMs - stretch.fromMs) / BAR_WIDTH;
  const to = Math.min(round((of.fromMs + of.ofMs - stretch.fromMs) / unitMs), BAR_WIDTH);
  const from = Math.max(Math.min(round((of.fromMs - stretch.fromMs) / unitMs), to - 1), 0);
  const ticks = runsOf(of.holeParts).map(({ first, parts }) => {
    const width = Math.max(parts, LEAST_TICK);
    return `M${first} 1h${width}v${BAR_HEIGHT - 2}h-${width}z`;
  });
  return { dots: across(0, from) + across(to, BAR_WIDTH), line: across(from, to), ticks: ticks.join('') };
}

/** Parts that follow each other are one tick. */
function runsOf(parts: readonly number[]): readonly { readonly first: number; readonly parts: number }[] {
  const runs: { first: number; parts: number }[] = [];
  for (const part of parts) {
    const last = runs.at(-1);
    if (last && last.first + last.parts === part) last.parts++;
    else runs.push({ first: part, parts: 1 });
  }
  return runs;
}

const round = (value: number): number => Math.round(value * 10) / 10;
