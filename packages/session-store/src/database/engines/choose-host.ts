// Which of several hosts to connect to. They are asked one after the other, the one that was taken last first, until one fits:
// PostgreSQL's own rules for `target_session_attrs` ("Connection URIs"). The driver, which can do that too, never gives up and
// says nothing when all are away.
import { SessionStoreError } from '../../errors.ts';

/** As in a URL. `any`: whichever answers. */
export type WantedServer = 'any' | 'read-write' | 'read-only' | 'primary' | 'standby' | 'prefer-standby';

/** What a server says of itself. */
export type ServerState = {
  readonly isStandby: boolean;
  /** Whether a transaction that says nothing may write. */
  readonly takesWrites: boolean;
};

/** A host by its name and port, and how to connect to it. */
export type Candidate<C> = {
  readonly name: string;
  /** @throws {SessionStoreError} why it cannot be had */
  readonly connect: () => Promise<{ readonly connection: C; readonly state: ServerState }>;
  readonly drop: (connection: C) => void;
};

/** @returns null when it fits, otherwise what it is instead */
export function misfit(wanted: WantedServer, { isStandby, takesWrites }: ServerState): string | null {
  if (wanted === 'primary' || wanted === 'read-write') {
    if (isStandby) return 'is a standby';
    return wanted === 'read-write' && !takesWrites ? 'is set to read only (default_transaction_read_only)' : null;
  }
  if (wanted === 'standby' && !isStandby) return 'is no standby';
  if (wanted === 'read-only' && takesWrites) return 'is not read-only';
  return null;
}

/**
 * Connects to the first that fits.
 *
 * @param first where to begin: the index of the one that was taken last
 * @throws {SessionStoreError} DATABASE_UNREACHABLE when none of them answers, DATABASE_REFUSED when some do and none fits; STORE_CLOSED
 */
export async function chooseHost<C>(
  doing: string,
  candidates: readonly Candidate<C>[],
  wanted: WantedServer,
  first = 0,
): Promise<{ readonly connection: C; readonly index: number }> {
  const order = candidates.map((_, index) => (index + first) % candidates.length);
  const failures: { readonly text: string; readonly isAway: boolean }[] = [];
  // `prefer-standby`: a standby if there is one, and otherwise any.
  for (const want of wanted === 'prefer-standby' ? (['standby', 'any'] as const) : [wanted]) {
    failures.length = 0;
    for (const index of order) {
      const { name, connect, drop } = candidates[index]!;
      try {
        const { connection, state } = await connect();
        const why = misfit(want, state);
        if (why === null) return { connection, index };
        drop(connection);
        failures.push({ text: `${name} ${why}`, isAway: false });
      } catch (cause) {
        const error = cause as SessionStoreError;
        if (error.code === 'STORE_CLOSED') throw error;
        failures.push({ text: `${name}: ${saidOf(error)}`, isAway: error.code === 'DATABASE_UNREACHABLE' });
      }
    }
  }
  const allAway = failures.every(({ isAway }) => isAway);
  const what = allAway ? 'none of the hosts answers' : `none of the hosts is what is wanted (${wanted})`;
  const text = `${doing} failed: ${what}: ${failures.map((failure) => failure.text).join('; ')}. ${allAway ? away : unfit}`;
  throw new SessionStoreError(allAway ? 'DATABASE_UNREACHABLE' : 'DATABASE_REFUSED', text, { retryable: true });
}

const saidOf = ({ cause, message }: SessionStoreError) => (cause instanceof Error ? cause.message : message);

const away = 'Check that one of them runs, and that hosts and ports are right.';
const unfit = 'Check the roles of the servers, and target_session_attrs in the URL.';
