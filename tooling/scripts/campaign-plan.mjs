// What a call of `pnpm campaigns` runs: which campaigns, how many rounds of each, from which seed.
import { parseArgs } from 'node:util';
import { UsageError, wholeNumber } from './arguments.mjs';

/**
 * @typedef {object} Planned
 * @property {import('./campaign-table.mjs').Campaign} campaign
 * @property {number} rounds
 * @property {boolean} short whether it is the round that CI runs, which has a share of the time
 */

/**
 * Without a name all short rounds; with one the long round; with `--rounds` that many.
 *
 * @param {readonly string[]} args
 * @param {readonly import('./campaign-table.mjs').Campaign[]} table
 * @returns {{ list: boolean, record: boolean, seed: number, planned: Planned[] }}
 */
export function planCampaigns(args, table) {
  const { values, positionals } = parseArgs({
    args: args.filter((arg) => arg !== '--'),
    allowPositionals: true,
    options: {
      rounds: { type: 'string' },
      seed: { type: 'string' },
      list: { type: 'boolean', default: false },
      record: { type: 'boolean', default: false },
    },
  });
  const seed = wholeNumber('--seed', values.seed, 1);
  const rounds = wholeNumber('--rounds', values.rounds, undefined);
  const named = positionals.map((name) => {
    const campaign = table.find((one) => one.name === name);
    if (campaign) return campaign;
    const names = table.map((one) => one.name).join(', ') || 'none yet';
    throw new UsageError(`There is no campaign "${name}". There are: ${names}`);
  });
  const planned = (named.length > 0 ? named : table).map((campaign) => {
    const { shortRounds, longRounds } = campaign;
    const count = rounds ?? (named.length > 0 ? longRounds : shortRounds);
    return { campaign, rounds: count, short: count === shortRounds };
  });
  return { list: values.list, record: values.record, seed, planned };
}
