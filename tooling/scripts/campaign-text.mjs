/**
 * @typedef {object} CampaignRow
 * @property {import('./campaign-plan.mjs').Planned} planned
 * @property {number} seed
 * @property {number} seconds
 */

/** A line for each campaign: rounds, seed, seconds and its share. @param {readonly CampaignRow[]} rows */
export function campaignTable(rows) {
  if (rows.length === 0) return '';
  const cells = rows.map(({ planned, seed, seconds }) => [
    planned.campaign.name,
    planned.rounds,
    seed,
    seconds.toFixed(1),
    planned.short ? planned.campaign.shareSeconds : '-',
  ]);
  const table = [['campaign', 'rounds', 'seed', 'seconds', 'share'], ...cells].map((row) => row.map(String));
  const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
  const lineOf = ([name, ...numbers]) =>
    [name.padEnd(widths[0]), ...numbers.map((cell, index) => cell.padStart(widths[index + 1]))].join('  ');
  return table.map((row) => `${lineOf(row)}\n`).join('');
}

/**
 * What took longer than it may. It warns and does not fail: how long something takes is the machine's matter too.
 *
 * @param {readonly CampaignRow[]} rows
 * @param {number} seconds how long all of them took
 * @param {number} allowedSeconds how long all short rounds may take
 */
export function shareWarnings(rows, seconds, allowedSeconds) {
  const short = rows.filter(({ planned }) => planned.short);
  const warnings = short
    .filter((row) => row.seconds > row.planned.campaign.shareSeconds)
    .map(({ planned: { campaign }, seconds: took }) => {
      const over = `took ${took.toFixed(0)} s, its share is ${campaign.shareSeconds} s`;
      return `${campaign.name} ${over}: fewer rounds, or room made in tooling/scripts/campaign-table.mjs`;
    });
  if (short.length === rows.length && seconds > allowedSeconds) {
    warnings.push(`all short rounds took ${seconds} s, and may take ${allowedSeconds} s`);
  }
  return warnings.map((warning) => `\nWARNING  ${warning}\n`).join('');
}
