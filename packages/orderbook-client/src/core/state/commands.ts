// Commands that were sent and not yet answered, by id. Replies come in any order.
import type { WireChannel, WireCommand } from '../../wire.ts';

/** What a command was for, kept until its reply comes. */
export type Purpose =
  /** `markets: null`: the channel without a filter. */
  | { readonly kind: 'add'; readonly channel: WireChannel; readonly markets: readonly string[] | null }
  | { readonly kind: 'delete'; readonly channel: WireChannel; readonly markets: readonly string[] }
  | { readonly kind: 'unsubscribe'; readonly channel: WireChannel }
  | { readonly kind: 'get-snapshot' }
  | { readonly kind: 'audit' }
  | { readonly kind: 'barrier'; readonly requestId: number };

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

  /** Gives the command its id and remembers what it is for; returns both it and the text to send. */
  issue(body: CommandBody, purpose: Purpose): { readonly id: number; readonly text: string } {
    const id = this.#nextId++;
    this.#pending.set(id, purpose);
    if (this.#pending.size > MAX_PENDING) {
      const [oldest] = this.#pending.keys();
      this.#pending.delete(oldest!);
    }
    return { id, text: JSON.stringify({ id, ...body }) };
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
  settle(id: number | null): Purpose | undefined {
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
