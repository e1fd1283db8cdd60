// `pnpm check`: all checks, those again whose files have changed.
import { runChecks } from './checks.mjs';
import { lastLineOf, summaryOf } from './summary.mjs';
import { throughPnpm } from './through-pnpm.mjs';

await throughPnpm('check', async () => {
  const results = await runChecks({ force: Boolean(process.env.CI) });
  process.stdout.write(`${summaryOf(results)}\n${lastLineOf(results)}`);
  return results.some(({ status }) => status === 'failed') ? 1 : 0;
});
