// All that the database says of one session: its row, its neighbours, its ledger, and its recorder's lifetime.
import type { SessionCounters, SessionId, SessionRow, SessionStore } from '@trader/session-store';
import { counterNames } from '../../store/counter-names.ts';

export type LedgerRow = {
  readonly epoch: number;
  readonly sid: number | null;
  /** Numbers that are missing; `null` where nobody knows. */
  readonly firstSeq: number | null;
  readonly lastSeq: number | null;
  readonly fromAtMs: number;
  /** `null` while it is not over. */
  readonly toAtMs: number | null;
  readonly cause: string;
  /** The one market that misses something; `null`: any of the subscription may. */
  readonly market: string | null;
};

export type SessionDetails = {
  /** The row, with who owns it and until when. */
  readonly session: SessionRow & {
    readonly owner: string | null;
    readonly fencingToken: number;
    readonly leaseUntilMs: number | null;
  };
  /** Sessions that took over from this one, the oldest first. */
  readonly continuedBy: readonly SessionId[];
  readonly recorder: SessionCounters & { readonly name: string; readonly createdAtMs: number };
  /** Holes of the ledger by cause, the most frequent first. */
  readonly gapsByCause: readonly { readonly cause: string; readonly gaps: number }[];
  /** The first holes of the ledger, in its order. */
  readonly ledger: readonly LedgerRow[];
};

/** @param gaps how many holes of the ledger at most */
export async function sessionDetails(
  store: Pick<SessionStore, 'query'>,
  id: SessionId,
  gaps: number,
): Promise<SessionDetails> {
  const [session] = await read(
    store,
    `select id, recorder, status, started_at, ended_at, end_reason, continues, last_record_at, owner, fencing_token, lease_until,
            ${counterNames.join(', ')}
     from sessions where id = $1::uuid`,
    [id],
  );
  const [recorder] = await read(
    store,
    `select name, created_at, ${counterNames.join(', ')} from recorders
     where name = (select recorder from sessions where id = $1::uuid)`,
    [id],
  );
  const continuedBy = await read(store, 'select id from sessions where continues = $1::uuid order by ordinal', [id]);
  const gapsByCause = await read(
    store,
    'select cause, count(*) as gaps from gaps where session_id = $1::uuid group by cause order by 2 desc, 1',
    [id],
  );
  const ledger = await read(
    store,
    `select epoch, sid, first_seq, last_seq, from_at, to_at, cause, market from gaps where session_id = $1::uuid
     order by ordinal nulls first limit $2`,
    [id, gaps],
  );
  return {
    session,
    continuedBy: continuedBy.map((row) => String(row['id'])),
    recorder,
    gapsByCause,
    ledger,
  } as unknown as SessionDetails;
}

type Plain = Readonly<Record<string, unknown>>;

async function read(store: Pick<SessionStore, 'query'>, text: string, parameters: unknown[]): Promise<Plain[]> {
  return (await store.query(text, parameters)).map(plainRow);
}

/** As the store names things: `from_at`, a Date or null, is `fromAtMs`. */
function plainRow(row: Plain): Plain {
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => {
      const name = column.replaceAll(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase());
      if (!/_(?:at|until)$/.test(column)) return [name, value];
      return [`${name}Ms`, value instanceof Date ? value.getTime() : null];
    }),
  );
}
