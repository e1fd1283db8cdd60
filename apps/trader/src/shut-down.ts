// The end of a trader, in this order: nothing more comes in, then what came is stored, then the session ends, then everything
// is let go. The last step comes in any case, and in time.
import type { FeedSide } from './feed/feed-side.ts';
import type { HealthSide } from './health/health-side.ts';
import type { HttpServer } from './http/server.ts';
import type { StoreKeeper } from './store/store-keeper.ts';
import { systemRuntime } from './runtime/system-runtime.ts';

/** Part of the time that a session's last records may take: the rest is for what comes after them. */
const CLOSING_SHARE = 0.8;
/** What readers of the HTTP side get to take their last answer, when the time is up already. */
const LAST_WORD_MS = 100;

export type TraderParts = {
  readonly feed: FeedSide;
  readonly health: HealthSide;
  readonly keeper: StoreKeeper;
  /** `null` unless it listens. */
  readonly server: () => HttpServer | null;
};

export type ShutDownTerms = {
  readonly reason: string;
  /** Until everything is to be let go. */
  readonly drainMs: number;
  /** Rejects when that time is over. What the store still does then ends by itself, and nobody waits for it. */
  readonly timeUp: Promise<never>;
};

/** @throws {SessionStoreError | TraderError} why it is no clean end. Everything but the store's own work is let go all the same */
export async function shutDown(parts: TraderParts, terms: ShutDownTerms): Promise<void> {
  let isLate = false;
  const timeUp = terms.timeUp.catch((error: unknown) => {
    isLate = true;
    throw error;
  });
  try {
    await Promise.race([endRecording(parts, terms), timeUp]);
  } finally {
    parts.health.close();
    await parts.server()?.close(isLate ? LAST_WORD_MS : undefined);
  }
}

async function endRecording({ feed, keeper }: TraderParts, { reason, drainMs }: ShutDownTerms): Promise<void> {
  const startedMs = systemRuntime.monotonicMs();
  keeper.stopTrying();
  let { failure } = keeper;
  await feed.close().catch((error: unknown) => (failure = error));
  const session = feed.detach();
  if (session) {
    const leftMs = Math.max(1, Math.round(drainMs * CLOSING_SHARE - (systemRuntime.monotonicMs() - startedMs)));
    await keeper.close(session, { status: 'closed', reason }, leftMs).catch((error: unknown) => (failure = error));
  }
  await keeper.idle();
  await keeper.closeStore();
  if (failure !== undefined) throw failure;
}
