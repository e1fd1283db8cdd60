// What comes over the socket. Its shapes are those of the trader's README; what is of another type is passed over.
import type { Book, StatusSummary } from './answers.ts';

/** Something that happened, with its place among all of the trader's process. Times are ms since the Unix epoch. */
export type LiveEvent = { readonly id: string; readonly atMs: number } & (
  | { readonly type: 'state'; readonly from: string; readonly to: string; readonly cause: string }
  | {
      readonly type: 'session-opened';
      readonly sessionId: string;
      readonly recorder: string;
      readonly continues: string | null;
    }
  | { readonly type: 'session-ended'; readonly session: { readonly id: string; readonly status: string } }
  | {
      readonly type: 'health';
      readonly component: string | null;
      readonly from: string;
      readonly to: string;
      readonly reason: string;
    }
);

/** All levels of a book (`whole`), or those that changed: price, size, price, size …, size 0 for what is gone. */
export type LevelsMessage = {
  readonly type: 'levels';
  readonly market: string;
  readonly atMs: number;
  readonly synced: boolean;
  readonly staleReason: string | null;
  readonly whole: boolean;
  /** In 1/10,000 dollar and 1/100 contract. */
  readonly yes: readonly number[];
  readonly no: readonly number[];
};

export type Message =
  | {
      readonly type: 'hello';
      readonly versions: { readonly trader: string; readonly node: string };
      readonly missed: number | null;
    }
  | { readonly type: 'status'; readonly atMs: number; readonly status: StatusSummary }
  | ({ readonly type: 'book' } & Book)
  | { readonly type: 'book-gone' | 'levels-gone'; readonly market: string }
  | LevelsMessage
  | { readonly type: 'error'; readonly error: { readonly code: string; readonly message: string } }
  | LiveEvent;

/** `null`: it is no message of the trader. */
export function parseMessage(data: unknown): Message | null {
  if (typeof data !== 'string') return null;
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === 'object' && value !== null && 'type' in value ? (value as Message) : null;
  } catch {
    return null;
  }
}
