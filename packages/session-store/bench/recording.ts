// Ours: records through the public API, as fast as the store takes them.
import type { RecordingSession, SessionId, SessionStore, StoreRecord } from '../src/index.ts';
import { nodeTime, nodeTimeSince, threadUs, type NodeTime } from './processor.ts';

export type Recorded = {
  readonly session: SessionId;
  readonly ms: number;
  /** Processor time within `append`, in microseconds. */
  readonly appendUs: number;
  readonly node: NodeTime;
};

const turn = async () => new Promise(setImmediate);

/** So many appends between two looks at the clock. */
const burst = 1000;

/** From the first append until all is committed. */
export async function record(store: SessionStore, records: readonly StoreRecord[]): Promise<Recorded> {
  const session = await store.openSession({ recorder: 'bench' });
  const started = performance.now();
  const node = nodeTime();
  const appendUs = await appendAll(session, records);
  await session.flush();
  const recorded = { session: session.id, ms: performance.now() - started, appendUs, node: nodeTimeSince(node) };
  await session.close({ status: 'closed', reason: 'measured' });
  return recorded;
}

/** @returns processor time within `append`, in microseconds */
export async function appendAll(session: RecordingSession, records: readonly StoreRecord[]): Promise<number> {
  let appendUs = 0;
  for (let from = 0; from < records.length; from += burst) {
    const before = threadUs();
    let hasRoom = true;
    for (let at = from; at < Math.min(from + burst, records.length); at++)
      hasRoom = session.append(records[at]!) !== 'full';
    appendUs += threadUs() - before;
    if (!hasRoom) await session.drained();
    // As records come from a socket: what is ready is read, then others have their turn.
    await turn();
  }
  return appendUs;
}
