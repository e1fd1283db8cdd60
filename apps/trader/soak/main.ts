// `pnpm soak`: half an hour of faults, or as many minutes as you say. Exit code 0: nothing was lost, doubled, orphaned or
// unexplained.
import { parseArgs } from 'node:util';
import { reportText } from './report.ts';
import { runSoak } from './soak.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    seed: { type: 'string', default: '1' },
    markets: { type: 'string', default: '50' },
    rate: { type: 'string', default: '500' },
    'hold-down': { type: 'string', default: '5000' },
    json: { type: 'boolean', default: false },
  },
});

function numberOf(name: 'minutes' | 'seed' | 'markets' | 'rate' | 'hold-down', least: number): number {
  const value = Number(values[name]);
  if (Number.isFinite(value) && value >= least) return value;
  process.stderr.write(`soak: --${name} must be a number of at least ${least}, not ${values[name]}\n`);
  process.exit(2);
}

const report = await runSoak({
  durationMs: numberOf('minutes', 0.5) * 60_000,
  seed: numberOf('seed', 0),
  markets: numberOf('markets', 1),
  rate: numberOf('rate', 1),
  holdDownMs: numberOf('hold-down', 100),
  onLine: (line) => process.stderr.write(`${line}\n`),
});
process.stdout.write(`${values.json ? JSON.stringify(report) : reportText(report)}\n`);
process.exitCode = report.failures.length === 0 ? 0 : 1;
