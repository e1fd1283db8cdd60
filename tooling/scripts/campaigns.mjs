// `pnpm campaigns [NAME…] [--rounds N] [--seed S]`: without a name each campaign's short round, as CI does; with one its long
// round. Two short rounds run at a time, as most of them wait for one process or another; long ones one after the other.
import { orUsage } from './arguments.mjs';
import { planCampaigns } from './campaign-plan.mjs';
import { recordOf, recordText, writeRecord } from './campaign-record.mjs';
import { deadlineSecondsOf, runCampaign } from './campaign-run.mjs';
import { CAMPAIGN_SECONDS, campaigns } from './campaign-table.mjs';
import { campaignTable, shareWarnings } from './campaign-text.mjs';
import { removeCounts, writeCounts } from './counts-file.mjs';
import { secondsSince, startProgress } from './progress.mjs';
import { countResults, sumLine } from './results.mjs';
import { lastLineOf, summaryOf } from './summary.mjs';
import { root, throughPnpm } from './through-pnpm.mjs';
import { runTurbo } from './turbo-run.mjs';

const USAGE = 'pnpm campaigns [NAME…] [--rounds N] [--seed S] [--record], or pnpm campaigns --list';

await throughPnpm('campaigns', (args) =>
  orUsage(USAGE, async () => {
    const plan = planCampaigns(args, campaigns);
    if (plan.list) return list();
    removeCounts('campaigns');
    const results = await build(plan.planned);
    const stop = stopOnSignals();
    const startMs = performance.now();
    const rows = await runAll(plan, stop);
    for (const row of rows) results.push(...row.results);
    const warnings = shareWarnings(rows, secondsSince(startMs), CAMPAIGN_SECONDS);
    writeCounts('campaigns', results);
    process.stdout.write(
      `${summaryOf(results)}\n${campaignTable(rows)}${stop.aborted ? '' : toCommit(rows, plan.record)}${warnings}\n`,
    );
    process.stdout.write(lastLineOf(results));
    return results.some(({ status }) => status === 'failed') ? 1 : 0;
  }),
);

function list() {
  for (const { name, folder, what, shortRounds, longRounds, shareSeconds } of campaigns) {
    const rounds = `${shortRounds} rounds in ${shareSeconds} s; long: ${longRounds}`;
    process.stdout.write(`${name.padEnd(24)} ${what} (${folder}; ${rounds})\n`);
  }
  return 0;
}

/** Campaigns may run what is built. A build that fails is a failure, and they run all the same. */
async function build(planned) {
  const folders = [...new Set(planned.map(({ campaign }) => campaign.folder))];
  if (folders.length === 0) return [];
  const log = 'reports/campaigns/build.log';
  const { exitCode } = await runTurbo(['build', ...folders.map((folder) => `--filter=./${folder}`)], log);
  return exitCode === 0
    ? []
    : [{ where: '.', name: 'build', status: 'failed', message: `turbo ended with ${exitCode}.`, log }];
}

/** Each campaign's row, in the order of the plan. */
async function runAll(plan, stop) {
  const left = [...plan.planned.entries()];
  const rows = [];
  const lane = async () => {
    for (let next; !stop.aborted && (next = left.shift());) {
      const [index, planned] = next;
      rows[index] = await runOne(planned, plan, `[${index + 1}/${plan.planned.length}]`, stop);
    }
  };
  await Promise.all(plan.planned.every(({ short }) => short) ? [lane(), lane()] : [lane()]);
  return rows.filter(Boolean);
}

async function runOne(planned, { seed }, which, stop) {
  const { campaign, rounds, short } = planned;
  const startMs = performance.now();
  const progress = startProgress(() => `${which} ${campaign.name}: ${secondsSince(startMs)} s`);
  progress.line(
    `${which} ${campaign.name}: ${rounds} rounds from seed ${seed}, at most ${deadlineSecondsOf(planned)} s`,
  );
  // A long round is watched; of a short one the log is kept.
  const run = await runCampaign(planned, { root, seed, stop, out: short ? undefined : process.stdout });
  progress.stop();
  progress.line(`${which} ${campaign.name}: ${sumLine(countResults(run.results))}, ${Math.round(run.seconds)} s`);
  return { planned, seed, ...run };
}

/** What of long rounds is to be committed; written if `record` says so. */
function toCommit(rows, record) {
  const long = rows.filter(({ planned }) => !planned.short);
  const lines = long.map((row) => {
    const one = recordOf({ root, ...row });
    const { campaign } = row.planned;
    const where = record
      ? `written to ${writeRecord(root, campaign, one)}`
      : `--record writes it to docs/campaigns/${campaign.name}.md`;
    return `\nTo be committed (${where}):\n${recordText(one)}`;
  });
  return lines.join('');
}

/** Ctrl-C, a supervisor's SIGTERM and a closed terminal end the campaign that runs, and no other begins. */
function stopOnSignals() {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop.abort());
  return stop.signal;
}
