// Rates of some time as a path of bars.
import { decimal } from '../text/number.ts';
import { BINS } from './rate-history.ts';

/** Of a bar and the space after it, in units of the picture. */
const STEP = 2;
const BAR = 1.4;
export const SPARK_HEIGHT = 16;
export const SPARK_WIDTH = BINS * STEP;

/** The top is the largest rate, and this a second at least. */
const LEAST_TOP = 5;

/** @param rates the newest last; `null`: not known */
export function sparkPath(rates: readonly (number | null)[]): string {
  const top = rates.reduce<number>((most, rate) => Math.max(most, rate ?? 0), LEAST_TOP);
  return rates
    .map((rate, index) => {
      if (rate === null) return '';
      const height = rate === 0 ? 0.5 : Math.max(round((rate / top) * SPARK_HEIGHT), 1);
      return `M${index * STEP} ${round(SPARK_HEIGHT - height)}h${BAR}v${height}h-${BAR}z`;
    })
    .join('');
}

export function sparkWords(rates: readonly (number | null)[]): string {
  const known = rates.filter((rate) => rate !== null);
  return known.length === 0 ? 'not counted yet' : `most ${decimal(Math.max(...known), 1)} a second`;
}

const round = (value: number): number => Math.round(value * 10) / 10;
