// `trader doctor`: would a recording work?
import { loadConfig, type LoadedConfig, type Values } from '../../config/load-config.ts';
import * as checks from '../../doctor/doctor-checks.ts';
import { fail, findingLines, ok, skipped, type Finding, type Verdict } from '../../doctor/doctor-report.ts';
import { TraderError } from '../../errors.ts';
import { resolveHttpOptions } from '../../config/http-options.ts';
import { scrub } from '../../secrets/known-secrets.ts';
import { systemRuntime } from '../../runtime/system-runtime.ts';

/** Prints what it found; the exit code is 1 if anything fails. */
export async function doctor({ json }: { readonly json: boolean }, flags: Values): Promise<void> {
  const findings = await examine(flags);
  const good = findings.every(({ outcome }) => outcome !== 'fail');
  process.stdout.write(scrub(json ? `${JSON.stringify({ ok: good, findings })}\n` : findingLines(findings)));
  if (!good) process.exitCode = 1;
}

/** Every check, one after the other: what fails first often explains the rest. */
export async function examine(flags: Values, environment: NodeJS.ProcessEnv = process.env): Promise<Finding[]> {
  const findings: Finding[] = [];
  const found = (check: string, verdict: Verdict): void => void findings.push({ check, ...verdict });
  const loaded = readConfig(flags, environment);
  if ('outcome' in loaded) {
    found('config', loaded);
    return findings;
  }
  const { config } = loaded;
  const { notices } = loaded.sources;
  const { live } = config;
  const records = live ? `records ${new URL(live.wsUrl).host}` : 'records the built-in simulator';
  found('config', ok([records, ...notices].join('. ')));
  if (live) {
    const { rest, clock } = await checks.checkRest(live, systemRuntime);
    found('rest', rest);
    found('clock', clock);
    const credentials = await checks.checkCredentials(live, systemRuntime);
    found('credentials', credentials);
    found('socket', await checks.checkSocket(live));
    const canAsk = rest.outcome === 'ok' && credentials.outcome !== 'fail';
    const markets = canAsk ? await checks.checkMarkets(live, systemRuntime) : skipped('REST has to answer first');
    found('markets', markets);
  } else {
    for (const check of ['rest', 'clock', 'credentials', 'socket', 'markets'])
      found(check, skipped('no exchange is named'));
  }
  found('files', checks.checkFiles(loaded));
  found('database', await checks.checkDatabase(config));
  found('disk', await checks.checkDisk(config));
  found('port', await checks.checkPort(config));
  return findings;
}

function readConfig(flags: Values, environment: NodeJS.ProcessEnv): LoadedConfig | Verdict {
  try {
    const loaded = loadConfig(flags, environment);
    resolveHttpOptions(loaded.config.http);
    return loaded;
  } catch (error) {
    if (error instanceof TraderError) return fail(error.message, 'Correct it; trader config shows what is used');
    throw error;
  }
}
