// Throws cases at a target, many connections at a time, and says which of them were not treated as they have to be.
import { RawClient } from '../raw-client.ts';
import { fuzzCase, type FuzzCase } from './fuzz-case.ts';
import type { FuzzTarget } from './fuzz-target.ts';

export type FuzzPlan = {
  readonly seed: number;
  /** Of the first case. */
  readonly from: number;
  /** Cases are thrown until so many requests were begun. */
  readonly requests: number;
  readonly parallel: number;
  /** There are more clients than there is room for: one that has not asked yet may have to go. @default false */
  readonly isCrowded?: boolean;
};

export type FuzzReport = {
  readonly cases: number;
  readonly requests: number;
  readonly answers: number;
  /** Refusals that were read, by code. */
  readonly refusals: ReadonlyMap<string, number>;
  /** What went wrong, a line each with seed and number of the case. */
  readonly findings: readonly string[];
};

/** From the last byte of a case until its connection is closed. Generous: the machine may be busy. */
const DEADLINE_MS = 30_000;
const FINDINGS_KEPT = 20;

export async function fuzz(target: FuzzTarget, plan: FuzzPlan): Promise<FuzzReport> {
  const refusals = new Map<string, number>();
  const findings: string[] = [];
  let [next, requests, answers] = [plan.from, 0, 0];
  const work = async (): Promise<void> => {
    while (requests < plan.requests && target.isAlive && findings.length < FINDINGS_KEPT) {
      const thrown = fuzzCase(plan.seed, next++, target.facts);
      requests += thrown.requests;
      const received = await throwAt(target.base, thrown);
      if (received === null) {
        // Nobody listens any more: whoever threw the last case that got through is among those before.
        if (target.isAlive) findings.push(told(plan.seed, thrown, 'no connection could be made'));
        continue;
      }
      const came = received.text.match(/HTTP\/1\.1 (?!100)\d{3} /g)?.length ?? 0;
      answers += came;
      for (const [, code] of received.text.matchAll(/\{"error":\{"code":"([A-Z_]+)"/g)) {
        refusals.set(code!, (refusals.get(code!) ?? 0) + 1);
      }
      if (!received.isClosed) findings.push(told(plan.seed, thrown, `not closed after ${DEADLINE_MS} ms`));
      else if (thrown.isRight && !plan.isCrowded && came !== thrown.requests) {
        findings.push(
          told(plan.seed, thrown, `${came} answers to ${thrown.requests} requests: ${received.text.slice(0, 500)}`),
        );
      }
      if (/\{"error":\{"code":"INTERNAL"|INTERNAL: /.test(received.text)) {
        findings.push(told(plan.seed, thrown, 'a mistake of ours'));
      }
    }
  };
  await Promise.all(Array.from({ length: plan.parallel }, work));
  if (!target.isAlive) findings.push(`the process ended: ${target.log.slice(-2_000)}`);
  return { cases: next - plan.from, requests, answers, refusals, findings };
}

/** `null`: no connection. */
async function throwAt(
  base: string,
  { pieces, ending }: FuzzCase,
): Promise<{ text: string; isClosed: boolean } | null> {
  let client: RawClient;
  try {
    client = await RawClient.connect(base);
  } catch {
    return null;
  }
  const { socket } = client;
  for (const piece of pieces) {
    if (socket.destroyed) break;
    client.send(piece);
    // One packet each.
    if (pieces.length > 1) await new Promise((resolve) => void setImmediate(resolve));
  }
  if (ending === 'end') socket.end();
  else if (ending === 'reset') socket.resetAndDestroy();
  let deadline: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (deadline = setTimeout(resolve, DEADLINE_MS)));
  await Promise.race([client.closed, late]);
  clearTimeout(deadline);
  const { isClosed } = client;
  await client[Symbol.asyncDispose]();
  return { text: client.received, isClosed };
}

const told = (seed: number, { index, kind, pieces }: FuzzCase, what: string): string =>
  `TRADER_TEST_SEED=${seed}, case ${index} (${kind}): ${what}\n  ${JSON.stringify(Buffer.concat(pieces).toString('latin1').slice(0, 2_000))}`;
