import { StreamCheck } from './stream-check.ts';
import type { GapRecord, SessionId, StoreRecord } from '../../records.ts';
import { looseGapPages } from '../pages/gap-pages.ts';
import type { MarketNames } from '../market-names.ts';
import type { Read } from '../read.ts';
import { checkCounters, checkOwner, checkRow, sessionState, type Seen } from './session-checks.ts';
import { sessionStreams } from '../session-streams.ts';
import { always } from '../stretch.ts';
import { Findings, type Verification, type VerifiedMarket } from './verification.ts';

export interface VerifyOptions {
  /**
   * The best yes and the best no price may add up to this, at the scale of the prices; above it the book is crossed.
   * @default not checked
   */
  readonly maxPriceSum?: number;
  /** Called for each page that is read, with how many records were looked at before it. What it throws ends the call. */
  readonly onProgress?: (records: number) => void;
  /** Ends it: the call then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Reads a session whole and says, law by law, whether it is as it should be. What is broken is in the result. One that is
 * being written to is checked as far as it is committed.
 *
 * @param session one that there is
 */
export async function verify(
  read: Read,
  names: MarketNames,
  session: SessionId,
  { maxPriceSum = Infinity, onProgress, signal }: VerifyOptions,
): Promise<Verification> {
  const before = await sessionState(read, session);
  const findings = new Findings();
  const onPage = (records: number): void => {
    signal?.throwIfAborted();
    onProgress?.(records);
  };
  const { seen, numbers, markets } = await checkRecords(read, names, session, findings, maxPriceSum, onPage);
  // Nothing is ever taken from a counter, so that what is stored lies between the two.
  const after = await sessionState(read, session);
  checkRow(before, after, seen, findings);
  checkOwner(after, findings);
  checkCounters(before, after, seen, findings);
  const results = findings.results();
  return { session, ok: results.every(({ ok }) => ok), laws: results, numbers, markets: [...markets.values()] };
}

async function checkRecords(
  read: Read,
  names: MarketNames,
  session: SessionId,
  findings: Findings,
  maxPriceSum: number,
  onPage: (records: number) => void,
): Promise<{ seen: Seen; numbers: Verification['numbers']; markets: ReadonlyMap<string, VerifiedMarket> }> {
  const markets = new Map<string, Changing<VerifiedMarket>>();
  const all = { expected: 0, missing: 0 };
  const seen: Seen = {
    messages: 0,
    snapshots: 0,
    deltas: 0,
    trades: 0,
    raw: 0,
    facts: 0,
    gaps: 0,
    shed: 0,
    lastAtMs: -Infinity,
  };
  const onDamage = (problem: string) => findings.say('readable', problem);
  const { numbered, looseFirst, loose } = await sessionStreams({
    read,
    names,
    session,
    onDamage,
    markets: null,
    span: always,
  });
  const looseGaps: GapRecord[] = [];
  for await (const page of looseGapPages(read, { session, span: always, markets: null })) looseGaps.push(...page);
  for (const stream of numbered) {
    const check = new StreamCheck(stream, looseGaps, maxPriceSum, (law, problem) => findings.report(law, problem));
    for await (const page of stream.pages()) {
      onPage(seen.messages);
      for (const record of page) {
        count(seen, record);
        countOfMarket(markets, record);
        check.add(record);
      }
    }
    const { numbers, numbered, folded } = check.findings();
    all.expected += numbers;
    all.missing += Math.max(0, numbers - numbered);
    findings.checked('no unnamed hole', numbers);
    findings.checked('no duplicate', numbered);
    findings.checked('books fold', folded);
  }
  for (const stream of [...looseFirst, ...loose]) {
    for await (const page of stream.pages()) {
      onPage(seen.messages);
      for (const record of page) count(seen, record);
    }
  }
  findings.checked('readable', seen.messages);
  return { seen, numbers: all, markets };
}

type Changing<T> = { -readonly [Key in keyof T]: T[Key] };

function countOfMarket(markets: Map<string, Changing<VerifiedMarket>>, record: StoreRecord): void {
  if (record.kind !== 'delta' && record.kind !== 'snapshot') return;
  const { market, receivedAtMs } = record;
  let of = markets.get(market);
  if (!of)
    markets.set(market, (of = { market, snapshots: 0, deltas: 0, firstAtMs: receivedAtMs, lastAtMs: receivedAtMs }));
  if (record.kind === 'delta') of.deltas++;
  else of.snapshots++;
  if (receivedAtMs < of.firstAtMs) of.firstAtMs = receivedAtMs;
  if (receivedAtMs > of.lastAtMs) of.lastAtMs = receivedAtMs;
}

const counterOf = {
  delta: 'deltas',
  snapshot: 'snapshots',
  trade: 'trades',
  raw: 'raw',
  gap: 'gaps',
  market: 'facts',
  lifecycle: 'facts',
  ticker: 'facts',
  exchange: 'facts',
} as const;

function count(seen: Seen, record: StoreRecord): void {
  if (record.kind === 'gap') {
    // What retention took is named by the store, not by the session.
    if (record.cause !== 'expired') seen.gaps++;
    return;
  }
  seen[counterOf[record.kind]]++;
  seen.messages++;
  if (record.receivedAtMs > seen.lastAtMs) seen.lastAtMs = record.receivedAtMs;
}
