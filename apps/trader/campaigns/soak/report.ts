import type { SoakReport } from './soak.ts';

/** The report as text, a line for each fact. */
export function reportText(report: SoakReport): string {
  const { statesMs, departures, breaches, rss, cpu } = report;
  const total = Object.values(statesMs).reduce((sum, ms) => sum + ms, 0);
  const states = Object.entries(statesMs).map(
    ([state, ms]) => `${state} ${(ms / 1000).toFixed(1)} s (${((ms / total) * 100).toFixed(2)} %)`,
  );
  const lines = [
    `ran for              ${report.seconds} s`,
    `time in each state   ${states.join(', ')}`,
    `injected             ${pairs(report.injected)}`,
    `simulator's faults   ${pairs(report.hits)}`,
    `left ready           ${departures.length} times`,
    ...departures.map(
      ({ atMs, cause, outageMs, explainedBy }) =>
        `  at ${(atMs / 1000).toFixed(1)} s for ${outageMs === null ? 'an unknown time' : `${(outageMs / 1000).toFixed(1)} s`}: ${cause} <- ${explainedBy ?? 'NOTHING INJECTED'}`,
    ),
    `sessions             ${pairs(report.sessions)}`,
    `frames recorded      ${report.frames}`,
    `ledger rows          ${report.ledgerRows}`,
    `orphans              ${breaches.orphans.length}`,
    `unnamed holes        ${breaches.unnamedHoles.length}`,
    `duplicates           ${breaches.duplicates.length}`,
    `counters wrong       ${breaches.counters.length + breaches.miscounted.length}`,
    `audits               ${report.audited}, failed ${report.auditsFailed}`,
    `synced books         ${report.comparedBooks} compared, ${report.wrongBooks.length} wrong`,
    `takeover holes       ${report.takeoverHolesMs.map((ms) => `${ms} ms`).join(', ') || 'none'}`,
    `frames between sessions, in none   ${report.unrecorded}`,
    rss
      ? `memory               ${megabytes(rss.lastBytes)} MB at the end, slope ${rss.slopePerHour === null ? 'unknown' : `${megabytes(rss.slopePerHour)} MB/hour`} over the last ${rss.overSeconds} s`
      : 'memory               not measured here',
    `processor            ${cpu === null ? 'not measured here' : `${(cpu * 100).toFixed(1)} % of a core`}`,
    `ready at the end     ${report.readyAtEnd ? 'yes' : 'no'}, exit code ${report.exitCode}`,
    ...report.failures.map((failure) => `FAILED: ${failure}`),
    report.failures.length === 0 ? 'passed' : `${report.failures.length} failures`,
  ];
  return lines.join('\n');
}

const megabytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);

const pairs = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ') || 'none';
