// The streams of a session as one sequence: by arrival, and each in its own order.
import { merge } from './merge.ts';
import type { StoreRecord } from '../records.ts';
import type { SessionStreams } from './session-streams.ts';

/** One sequence of all streams, none of which is reordered. */
export const inOrderOfArrival = ({
  looseFirst,
  numbered,
  loose,
}: SessionStreams): AsyncGenerator<readonly StoreRecord[]> =>
  merge<StoreRecord>([...looseFirst, ...numbered, ...loose], { key: arrivalOf, tie: ({ epoch }) => epoch });

/** When a record arrived, or a hole began. */
export const arrivalOf = (record: StoreRecord): number =>
  record.kind === 'gap' ? record.fromAtMs : record.receivedAtMs;
