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

/** What took longer than it may. It warns and does not fail: how long something takes is the machine's matter too. */
export function shareWarnings(rows, allSeconds) {
  const short = rows.filter(({ planned }) => planned.short);
  const warnings = short
    .filter(({ planned, seconds }) => seconds > planned.campaign.shareSeconds)
    .map(({ planned: { campaign }, seconds }) => {
      const over = `took ${seconds.toFixed(0)} s, its share is ${campaign.shareSeconds} s`;
      return `${campaign.name} ${over}: fewer rounds, or room made in tooling/scripts/campaign-table.mjs`;
    });
  const total = short.reduce((sum, { seconds }) => sum + seconds, 0);
  if (total > allSeconds) warnings.push(`all short rounds took ${total.toFixed(0)} s, and may take ${allSeconds} s`);
  return warnings.map((warning) => `\nWARNING  ${warning}\n`).join('');
}
