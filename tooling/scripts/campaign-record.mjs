// The record of a campaign's long rounds, which is committed: docs/campaigns/NAME.md.
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { pnpm } from './commands.mjs';
import { countResults, sumLine } from './results.mjs';

/** @typedef {{ date: string, commit: string, command: string, result: string }} CampaignRecord */

/**
 * What a round found, with what it said of itself: each line that it printed after `result: `.
 *
 * @returns {CampaignRecord}
 */
export function recordOf({ root, planned, seed, results, seconds, log }) {
  const said = stripVTControlCharacters(readFileSync(join(root, log), 'utf8')).matchAll(/^result: (.+)$/gm);
  const failed = results.filter(({ status }) => status === 'failed').map(({ name }) => `failed: ${name}`);
  const { name } = planned.campaign;
  return {
    date: new Date().toISOString().slice(0, 10),
    commit: commitOf(root),
    command: pnpm('campaigns', name, '--rounds', String(planned.rounds), '--seed', String(seed)),
    result: [
      ...[...said].map(([, text]) => text),
      sumLine(countResults(results)),
      `${Math.round(seconds)} s`,
      ...failed,
    ].join('; '),
  };
}

function commitOf(root) {
  const git = (...args) => spawnSync('git', args, { cwd: root, encoding: 'utf8' }).stdout?.trim() ?? '';
  const commit = git('rev-parse', '--short=12', 'HEAD') || 'unknown';
  return git('status', '--porcelain') === '' ? commit : `${commit}, with changes that are not committed`;
}

/** @param {CampaignRecord} record */
export const recordText = ({ date, commit, command, result }) =>
  `| ${date} | ${commit} | \`${command}\` | ${result.replaceAll('|', String.raw`\|`)} |\n`;

/** Adds a row to the campaign's file; returns the file, relative to the root. */
export function writeRecord(root, { name, what }, record) {
  const file = `docs/campaigns/${name}.md`;
  const path = join(root, file);
  if (!existsSync(path)) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(
      path,
      `# ${name}\n\n${what.slice(0, 1).toUpperCase()}${what.slice(1)}.\n\n| date | commit | command | result |\n| --- | --- | --- | --- |\n`,
    );
  }
  appendFileSync(path, recordText(record));
  return file;
}
