// `npm test`: lint, types and every package's tests; ends with the one line that sums up their reports.
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { countReports, projectFolders, sumLine } from './count-reports.mjs';
import { root, run, throughPnpm } from './through-pnpm.mjs';

await throughPnpm('test', async (args) => {
  // A report that is left over from another run must not be counted.
  const projects = projectFolders(root);
  for (const project of projects) rmSync(join(root, project, 'reports'), { recursive: true, force: true });

  // The recorded captures lie outside the repository. Named here, they are part of what a cached result stands for.
  const captures = join(root, '../shared/kalshi/captures');
  if (existsSync(captures)) process.env.TRADER_CAPTURES ??= captures;

  const lint = await run('oxlint', ['--type-aware', '--deny-warnings']);
  const fresh = process.env.CI ? ['--force'] : [];
  const turbo = await run('turbo', ['run', 'check:types', 'test', '--continue=always', ...fresh, ...args]);

  const counts = countReports(root, projects);
  if (lint !== 0) counts.failed += 1;
  // After an unhandled error a runner exits with 1 although its report has no failed test.
  if (turbo !== 0 && counts.failed === 0) counts.failed += 1;
  process.stdout.write(`${sumLine(counts)}\n`);
  return counts.failed > 0 ? 1 : 0;
});
