// `trader sessions verify`: reads sessions whole and says, law by law, whether they are as they should be.
import type { SessionId, SessionReader, SessionStore, Verification } from '@trader/session-store';
import { ONE_DOLLAR } from '@trader/orderbook-client';
import type { Values } from '../../config/load-config.ts';
import { ownFailure, type Failure } from '../reading/one-of-many.ts';
import { gapReportText, GapTally, type GapReport } from '../output/gap-report.ts';
import { Progress } from '../output/progress.ts';
import { readStore } from '../reading/read-store.ts';
import { allSessions, findSession } from '../reading/session-id.ts';
import { interruptible } from '../stop-signal.ts';
import { countText, textTable } from '../output/text-table.ts';

/** One that could not be verified says why. Its markets are told together with those of the others. */
export type Verified = Omit<Verification, 'markets'> & { readonly failure?: Failure };

type VerifyFlags = { readonly json: boolean; readonly all: boolean };

/** Prints each session as it is done; the exit code is 1 if a law is broken anywhere, or a session cannot be verified. */
export async function verifySessions(
  which: string | undefined,
  { json, all }: VerifyFlags,
  settings: Values,
): Promise<void> {
  await interruptible(async (signal) => {
    await using store = await readStore(settings);
    const sessions = all ? await allSessions(store) : [await findSession(store, which ?? 'latest')];
    const tally = new GapTally();
    const results = await verifyAll(store, sessions, { json, signal, tally });
    const broken = results.filter(({ ok }) => !ok).length;
    const gaps = all ? await reportGaps(store, tally, json) : null;
    if (json)
      process.stdout.write(`${JSON.stringify({ ok: broken === 0, sessions: results, ...(gaps && { gaps }) })}\n`);
    else if (gaps) {
      process.stdout.write(gapReportText(gaps));
      process.stdout.write(`sessions: ${countText(results.length)}, with broken laws: ${countText(broken)}\n`);
    }
    if (broken > 0) process.exitCode = 1;
  });
}

async function reportGaps(store: SessionReader, tally: GapTally, json: boolean): Promise<GapReport> {
  using progress = new Progress({ shown: !json });
  const report = await tally.report(store, (done, of) =>
    progress.update({ doing: 'looking for holes', done, of, unit: 'markets' }),
  );
  progress.clear();
  return report;
}

/** @throws when the database fails as a whole, or at a signal */
export async function verifyAll(
  store: Pick<SessionStore, 'verify'>,
  sessions: readonly SessionId[],
  { json, signal, tally }: { readonly json: boolean; readonly signal: AbortSignal; readonly tally: GapTally },
): Promise<readonly Verified[]> {
  using progress = new Progress({ shown: !json });
  const results: Verified[] = [];
  for (const [index, session] of sessions.entries()) {
    progress.update({ doing: `verifying ${session}`, done: index, of: sessions.length, unit: 'sessions' });
    // YES and NO bids that add up to more than a dollar would have traded with each other.
    const result = await store.verify(session, { maxPriceSum: ONE_DOLLAR, signal }).then(
      ({ markets, ...verified }): Verified => {
        tally.add({ ...verified, markets });
        return verified;
      },
      (error: unknown): Verified => {
        const failure = ownFailure(error, signal);
        return { session, ok: false, laws: [], numbers: { expected: 0, missing: 0 }, failure };
      },
    );
    results.push(result);
    if (json) continue;
    progress.clear();
    process.stdout.write(verificationText(result));
  }
  return results;
}

/** For people: a line a law, and below it the first problems. */
export function verificationText({ session, ok, laws, failure }: Verified): string {
  if (failure) return `${session}  NOT verified: ${failure.code}: ${failure.message}\n`;
  const table = textTable(
    laws.map(({ law, ok, checked, problemCount }) => [
      ok ? '  ok' : '  BROKEN',
      law,
      `${countText(checked)} checked`,
      ok ? '' : `${countText(problemCount)} problems`,
    ]),
  );
  const problems = laws.flatMap(({ law, problems, problemCount }) => [
    ...problems.map(({ message }) => `    ${law}: ${message}\n`),
    ...(problemCount > problems.length
      ? [`    ${law}: … and ${countText(problemCount - problems.length)} more\n`]
      : []),
  ]);
  return `${session}  ${ok ? 'every law holds' : 'NOT as it should be'}\n${table}${problems.join('')}`;
}
