import { parseArgs } from 'node:util';
import { UsageError, wholeNumber } from './arguments.mjs';

/**
 * What a call of `pnpm test:repeat` runs: N runs with the seeds from S on, the last K of them beside a load (`--busy K`; `--busy`
 * alone is all of them), of all packages or those of each `--filter`.
 *
 * @param {readonly string[]} args
 * @returns {{ runs: { run: number, seed: number, busy: boolean }[], filters: string[] }}
 */
export function planRepeats(args) {
  // parseArgs has no option whose value may be left out.
  const whole = args
    .filter((arg) => arg !== '--')
    .map((arg, index, all) => (arg === '--busy' && !/^\d/.test(all[index + 1] ?? '') ? '--busy=all' : arg));
  const { values, positionals } = parseArgs({
    args: whole,
    allowPositionals: true,
    options: {
      busy: { type: 'string' },
      seed: { type: 'string' },
      filter: { type: 'string', multiple: true, default: [] },
    },
  });
  if (positionals.length !== 1) throw new UsageError('How many runs? One number is wanted.');
  const count = wholeNumber('N', positionals[0]);
  const seed = wholeNumber('--seed', values.seed, 1);
  const busy = values.busy === 'all' ? count : values.busy === undefined ? 0 : wholeNumber('--busy', values.busy);
  if (busy > count) throw new UsageError(`--busy: ${busy} of ${count} runs is too many`);
  const runs = Array.from({ length: count }, (_, index) => ({
    run: index + 1,
    seed: seed + index,
    busy: index >= count - busy,
  }));
  return { runs, filters: values.filter };
}
