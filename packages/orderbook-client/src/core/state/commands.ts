// Commands that were sent and not yet answered, by id. Replies come in any order.
import type { WireChannel, WireCommand } from '../../wire.ts';

/** What a command was for, kept until its reply comes. `sid`: the subscription that it was about, if there was one yet. */
export type Purpose =
  /** `markets: null`: the channel without a filter. */
  | {
      readonly kind: 'add';
      readonly channel: WireChannel;
      readonly sid: number | null;
      readonly markets: readonly string[] | null;
    }
  | {
      readonly kind: 'delete';
      readonly channel: WireChannel;
      readonly sid: number;
      readonly markets: readonly string[];
    }
  | { readonly kind: 'unsubscribe'; readonly channel: WireChannel; readonly sid: number }
  | { readonly kind: 'get-snapshot' | 'audit'; readonly channel: 'orderbook_delta'; readonly sid: number }
  /** The list of subscriptions, on behalf of a caller. `sids`: those that were confirmed when it was asked for. */
  | { readonly kind: 'barrier'; readonly requestId: number; readonly sids: readonly number[] }
  /** The same on our own behalf; see `verification.ts`. */
  | { readonly kind: 'check'; readonly sids: readonly number[] };

/** A command's way out. Whoever waits for its answer waits from `sentAtMs` on. */
export type Sending = {
  /** Commands are numbered in the order in which they were made. */
  readonly order: number;
  /** When it left (monotonic); `Infinity` while it waits for the pace. */
  sentAtMs: number;
  /** How many frames had come when it left. */
  framesBefore: number;
};

export type Command = { readonly id: number; readonly text: string; readonly sending: Sending };

type CommandBody = WireCommand extends infer Command
  ? Command extends WireCommand
    ? Omit<Command, 'id'>
    : never
  : never;

/** An exchange that answers nothing must not fill the memory: the oldest command is forgotten. */
const MAX_PENDING = 10_000;

/** The commands of one connection; ids start at 1, because 0 means "no id" to the exchange. */
export class Commands {
  #nextId = 1;
  readonly #pending = new Map<number, Purpose>();
  /** What waits to be sent, and how much was sent in the window that is running; see `outbox.ts`. */
  readonly waiting: Command[] = [];
  sentInWindow = 0;

  /** Gives the command its id, and remembers what it is for. */
  issue(body: CommandBody, purpose: Purpose): Command {
    const id = this.#nextId++;
    this.#pending.set(id, purpose);
    if (this.#pending.size > MAX_PENDING) {
      const [oldest] = this.#pending.keys();
      this.#pending.delete(oldest!);
    }
    const sending = { order: id, sentAtMs: Infinity, framesBefore: Infinity };
    return { id, text: JSON.stringify({ id, ...body }), sending };
  }

  /** How many are unanswered. */
  get pending(): number {
    return this.#pending.size;
  }

  /** Stops waiting for the replies of a kind. A snapshot need not say which command it answers. */
  forget(kind: Purpose['kind']): void {
    for (const [id, purpose] of this.#pending) if (purpose.kind === kind) this.#pending.delete(id);
  }

  /** The command that a reply answers; each is answered once. */
  takeAnswered(id: number | null): Purpose | undefined {
    if (id === null) return undefined;
    const purpose = this.#pending.get(id);
    this.#pending.delete(id);
    return purpose;
  }
}

/** Splits a list, so that no command names more markets than the exchange was seen to take. */
export function chunked<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}
