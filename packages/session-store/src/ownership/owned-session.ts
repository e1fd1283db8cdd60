import { SessionStoreError } from '../errors.ts';
import type { SessionId } from '../records.ts';

/** A session that is owned: written to while it is `active`, or, when it is adopted, while it is `reclaimed`. */
export type OwnedSession = {
  readonly id: SessionId;
  readonly recorder: string;
  readonly fencingToken: number;
  readonly status: 'active' | 'reclaimed';
};

type SessionColumns = Readonly<Record<string, unknown>>;

/**
 * The row, if whoever holds `session` still owns it. Whether the lease has run out does not matter as long as nobody has
 * taken the session: then it is as good as renewed.
 *
 * @param row as the database has it now; null where there is none
 * @throws {SessionStoreError} SESSION_FENCED when it was taken away, SESSION_CLOSED when it was ended, SESSION_DIVERGED when it is gone
 */
export function requireOwnership(
  row: SessionColumns | null | undefined,
  { id, fencingToken, status }: OwnedSession,
): SessionColumns {
  if (!row) throw notThere(id);
  if (row['fencing_token'] !== fencingToken) throw fenced(id, `belongs to ${String(row['owner'])} now`);
  if (row['status'] === status && row['lease_until'] !== null) return row;
  if (row['status'] === 'reclaimed') throw fenced(id, `was reclaimed (${String(row['end_reason'])})`);
  throw closed(id, `is ${String(row['status'])} in the database`);
}

const fenced = (id: string, why: string) =>
  new SessionStoreError(
    'SESSION_FENCED',
    `Session ${id} ${why}: this process did not renew its lease in time. Nothing more is written to it; open a new one.`,
  );

const notThere = (id: string) =>
  new SessionStoreError(
    'SESSION_DIVERGED',
    `Session ${id} is not in the database any more: it was restored, or a standby without its latest changes has taken over. ` +
      'Open a new session.',
  );

const closed = (id: string, why: string) =>
  new SessionStoreError(
    'SESSION_CLOSED',
    `Session ${id} ${why}, so nothing more can be written to it. Open a new one.`,
  );
