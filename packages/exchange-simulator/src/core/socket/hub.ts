// Who listens to which channel. In go frames of all channels but the order book, as far as they are the same for
// everybody; out they go to the subscribers of the channel, or to those of one key.
import type { ChannelName } from './channels.ts';

/** A frame of a channel but for what differs per connection. */
export interface Publication {
  readonly type: string;
  /** The market that it is about, for filters; `undefined` passes all of them. */
  readonly ticker: string | undefined;
  /** The frame's text from `"msg":` on. */
  readonly tail: string;
}

export interface Subscriber {
  /** The key of its connection: own-order channels tell an account only what is its own. */
  readonly keyId: string;
  receivePublication(channel: ChannelName, publication: Publication): void;
}

/** Who listens to which channel. The order book is not here: its deltas go straight from a market to its followers. */
export class Hub {
  readonly #subscribers = new Map<ChannelName, Set<Subscriber>>();

  join(channel: ChannelName, subscriber: Subscriber): void {
    const known = this.#subscribers.get(channel);
    if (known) known.add(subscriber);
    else this.#subscribers.set(channel, new Set([subscriber]));
  }

  leave(channel: ChannelName, subscriber: Subscriber): void {
    this.#subscribers.get(channel)?.delete(subscriber);
  }

  /** Whether anybody listens: what nobody hears need not be written. */
  wanted(channel: ChannelName): boolean {
    return (this.#subscribers.get(channel)?.size ?? 0) > 0;
  }

  /** @param keyId tells the connections of this key only */
  publish(channel: ChannelName, publication: Publication, keyId?: string): void {
    for (const subscriber of this.#subscribers.get(channel) ?? []) {
      if (keyId === undefined || subscriber.keyId === keyId) subscriber.receivePublication(channel, publication);
    }
  }
}
