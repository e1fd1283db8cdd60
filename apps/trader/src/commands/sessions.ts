// `trader sessions`: what was recorded.
import type { SessionRow } from '@trader/session-store';
import { resolveConfig, type Values } from '../config.ts';
import { openStore } from '../open-store.ts';

export async function listSessions({ json = false }: { json?: boolean }, settings: Values): Promise<void> {
  const { database } = resolveConfig(settings, process.env, { exchange: false });
  await using store = await openStore(database);
  const sessions = await store.sessions();
  process.stdout.write(json ? `${JSON.stringify(sessions)}\n` : table(sessions));
}

const time = (ms: number | null): string => (ms === null ? '-' : new Date(ms).toISOString());

function table(sessions: readonly SessionRow[]): string {
  if (sessions.length === 0) return 'No sessions yet.\n';
  const head = ['id', 'recorder', 'status', 'started', 'ended', 'messages', 'snapshots', 'deltas', 'gaps', 'reason'];
  const rows = sessions.map((session) => [
    session.id,
    session.recorder,
    session.status,
    time(session.startedAtMs),
    time(session.endedAtMs),
    ...[session.messages, session.snapshots, session.deltas, session.gaps].map(String),
    session.endReason ?? '-',
  ]);
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]!.length)));
  return [head, ...rows]
    .map(
      (row) =>
        row
          .map((cell, i) => cell.padEnd(widths[i]!))
          .join('  ')
          .trimEnd() + '\n',
    )
    .join('');
}
