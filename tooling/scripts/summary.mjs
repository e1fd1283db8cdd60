// The end of a run, as text: what was skipped, what was slow, and of each failure what failed, how and how to see it again.
import { countResults, sumLine } from './results.mjs';

const SLOWEST = 10;
const MESSAGE_LINES = 40;

/** @param {readonly import('./results.mjs').Result[]} results */
export function summaryOf(results) {
  return [...skippedLines(results), ...slowestLines(results), ...failureLines(results)]
    .map((line) => `${line}\n`)
    .join('');
}

/** The last line of all. */
export const lastLineOf = (results) => `${sumLine(countResults(results))}\n`;

function skippedLines(results) {
  const skipped = results.filter(({ status }) => status === 'skipped');
  return section(
    `Skipped (${skipped.length})`,
    skipped.map(({ where, name }) => `${where} > ${name}`),
  );
}

function slowestLines(results) {
  const slowest = results
    .filter(({ seconds }) => seconds !== undefined)
    .toSorted((a, b) => b.seconds - a.seconds)
    .slice(0, SLOWEST);
  return section(
    `The ${slowest.length} slowest`,
    slowest.map(({ where, name, seconds }) => `${seconds.toFixed(1).padStart(6)} s  ${where} > ${name}`),
  );
}

function failureLines(results) {
  const failed = results.filter(({ status }) => status === 'failed');
  return failed.flatMap((failure, index) =>
    section(`FAILED ${index + 1} of ${failed.length}: ${failure.where} > ${failure.name}`, [
      ...(failure.seed === undefined ? [] : [`seed ${failure.seed}`]),
      ...linesOf(failure.message),
      ...(failure.log ? [`all that it printed: ${failure.log}`] : []),
      ...(failure.again ? [`again: ${failure.again}`] : []),
    ]),
  );
}

function linesOf(message = '') {
  const lines = message.split('\n');
  const more = lines.length - MESSAGE_LINES;
  return more > 0 ? [...lines.slice(0, MESSAGE_LINES), `… ${more} more lines`] : lines;
}

const section = (title, lines) => (lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)]);
