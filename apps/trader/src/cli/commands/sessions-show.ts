// `trader sessions show`: one session with everything that belongs to it.
import type { Values } from '../../config/load-config.ts';
import { readStore } from '../reading/read-store.ts';
import { sessionDetails, type LedgerRow, type SessionDetails } from '../output/session-details.ts';
import { findSession } from '../reading/session-id.ts';
import { countText, durationText, textTable, timeText } from '../output/text-table.ts';
import { counterNames } from '../../store/counter-names.ts';

type ShowFlags = { readonly json: boolean; /** Most holes of the ledger that are shown. */ readonly gaps: number };

export async function showSession(which: string, { json, gaps }: ShowFlags, settings: Values): Promise<void> {
  await using store = await readStore(settings);
  const details = await sessionDetails(store, await findSession(store, which), gaps);
  process.stdout.write(json ? `${JSON.stringify(details)}\n` : detailsText(details));
}

/** For people. */
export function detailsText({ session, continuedBy, recorder, gapsByCause, ledger }: SessionDetails): string {
  const { status, endReason, startedAtMs, endedAtMs } = session;
  const lasted = endedAtMs === null ? '' : ` (after ${durationText(endedAtMs - startedAtMs)})`;
  const facts = [
    ['id', session.id],
    ['recorder', session.recorder],
    ['status', endReason === null ? status : `${status}: ${endReason}`],
    ['started', timeText(startedAtMs)],
    ['ended', `${timeText(endedAtMs)}${lasted}`],
    ['last record', timeText(session.lastRecordAtMs)],
    ['continues', session.continues ?? '-'],
    ['continued by', continuedBy.join(', ') || '-'],
    ['owner', session.owner === null ? '-' : `${session.owner}, fencing token ${session.fencingToken}`],
    ['lease until', timeText(session.leaseUntilMs)],
  ];
  const counters = [
    ['counter', 'session', 'lifetime'],
    ...counterNames.map((name) => [name, countText(session[name]), countText(recorder[name])]),
  ];
  return `${textTable(facts)}\n${textTable(counters)}\n${ledgerText(gapsByCause, ledger)}`;
}

function ledgerText(byCause: SessionDetails['gapsByCause'], ledger: readonly LedgerRow[]): string {
  const total = byCause.reduce((sum, { gaps }) => sum + gaps, 0);
  if (total === 0) return 'The ledger names no gap.\n';
  const causes = byCause.map(({ cause, gaps }) => `${cause} ${countText(gaps)}`).join(', ');
  const rows = ledger.map((gap) => [
    String(gap.epoch),
    String(gap.sid ?? '-'),
    String(gap.firstSeq ?? '-'),
    String(gap.lastSeq ?? '-'),
    timeText(gap.fromAtMs),
    timeText(gap.toAtMs),
    gap.cause,
    gap.market ?? 'all',
  ]);
  const head = ['epoch', 'sid', 'first', 'last', 'from', 'to', 'cause', 'market'];
  const table = rows.length === 0 ? '' : textTable([head, ...rows]);
  const rest = total - ledger.length;
  const more = rest > 0 ? `… and ${countText(rest)} more (--gaps ${total} shows them all)\n` : '';
  return `gaps: ${countText(total)} (${causes})\n${table}${more}`;
}
