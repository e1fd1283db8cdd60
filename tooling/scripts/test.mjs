// `npm test`: every package's tests; ends with what failed and the one line that sums up.
import { orUsage, wholeNumber } from './arguments.mjs';
import { runChecks } from './checks.mjs';
import { removeCounts, writeCounts } from './counts-file.mjs';
import { lastLineOf, summaryOf } from './summary.mjs';
import { runTests } from './tests.mjs';
import { throughPnpm } from './through-pnpm.mjs';

await throughPnpm('test', (args) =>
  orUsage('TRADER_TEST_SEED is the seed of what is generated, from 1.', async () => {
    removeCounts('test');
    const seed = wholeNumber('TRADER_TEST_SEED', process.env.TRADER_TEST_SEED || undefined, 1);
    // Some tests start what is built.
    const builds = await runChecks({ checks: ['build'], title: 'build' });
    const tests = await runTests({ seed, fresh: Boolean(process.env.CI), args });
    // A build that passed is no test; one that failed is a failure.
    const results = [...builds.filter(({ status }) => status === 'failed'), ...tests];
    writeCounts('test', results);
    process.stdout.write(`${summaryOf(results)}\n${lastLineOf(results)}`);
    return results.some(({ status }) => status === 'failed') ? 1 : 0;
  }),
);
