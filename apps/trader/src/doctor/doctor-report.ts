// What a check of `trader doctor` found.
import { sentences } from '../errors.ts';

export type Finding = {
  readonly check: string;
  /** `warn`: a recording would work. `skipped`: there is nothing to check, or an earlier check has to be right first. */
  readonly outcome: 'ok' | 'warn' | 'fail' | 'skipped';
  readonly detail: string;
  /** What to do; `null` where nothing is wrong. */
  readonly fix: string | null;
};

/** What a check says of itself; the name is the caller's. */
export type Verdict = Omit<Finding, 'check'>;

export const ok = (detail: string): Verdict => ({ outcome: 'ok', detail, fix: null });
export const fail = (detail: string, fix: string): Verdict => ({ outcome: 'fail', detail, fix });
export const warn = (detail: string, fix: string): Verdict => ({ outcome: 'warn', detail, fix });
export const skipped = (detail: string): Verdict => ({ outcome: 'skipped', detail, fix: null });

/** One line each. */
export const findingLines = (findings: readonly Finding[]): string =>
  findings
    .map(({ check, outcome, detail, fix }) => {
      const said = fix === null ? detail : sentences(detail, fix);
      return `${(outcome === 'skipped' ? '-' : outcome).padEnd(5)} ${check.padEnd(11)}  ${said.replace(/\s*\n\s*/g, '; ')}\n`;
    })
    .join('');
