// `trader sessions list`: what was recorded.
import type { SessionRow } from '@trader/session-store';
import type { Values } from '../../config/load-config.ts';
import { readStore } from '../reading/read-store.ts';
import { textTable, timeText } from '../output/text-table.ts';

export async function listSessions({ json }: { readonly json: boolean }, settings: Values): Promise<void> {
  await using store = await readStore(settings);
  const sessions = await store.sessions();
  process.stdout.write(json ? `${JSON.stringify(sessions)}\n` : table(sessions));
}

const HEAD = ['id', 'recorder', 'status', 'started', 'ended', 'messages', 'snapshots', 'deltas', 'gaps', 'reason'];

function table(sessions: readonly SessionRow[]): string {
  if (sessions.length === 0) return 'No sessions yet.\n';
  const rows = sessions.map((session) => [
    session.id,
    session.recorder,
    session.status,
    timeText(session.startedAtMs),
    timeText(session.endedAtMs),
    ...[session.messages, session.snapshots, session.deltas, session.gaps].map(String),
    session.endReason ?? '-',
  ]);
  return textTable([HEAD, ...rows]);
}
