// One channel of one connection: what it is asked for, and what the exchange calls it.
import type { WireChannel } from '../../wire.ts';
import type { Sending } from './commands.ts';
import type { SequenceTracker } from './sequence.ts';

/** `markets`: the wanted markets only. `all`: whatever the channel has, without a filter. */
export type ChannelScope = 'markets' | 'all';

/** One connection's view of the subscription's markets. The wanted ones are those that have a book. */
export class Membership {
  /** What the exchange last said that the subscription has. */
  confirmed = new Set<string>();
  /** Asked for and not confirmed yet, with the command that asks. */
  readonly adding = new Map<string, Sending>();
  /** Asked to be taken out, and still confirmed. */
  readonly deleting = new Map<string, Sending>();

  get underWay(): boolean {
    return this.adding.size + this.deleting.size > 0;
  }

  /** One market more is known to be there. */
  confirm(market: string): void {
    this.confirmed.add(market);
    this.adding.delete(market);
  }
}

export class Subscription {
  readonly channel: WireChannel;
  readonly scope: ChannelScope;
  /** `null` until the exchange has confirmed it. */
  sid: number | null = null;
  /** `null` until a frame with a number came: some channels have none. */
  sequence: SequenceTracker | null = null;
  /** By the wall clock. */
  lastFrameAtMs = 0;
  membership = new Membership();
  /** Nothing more is sent for it until this is answered, or the deadline has passed. */
  held: Sending | null = null;
  /** It is being unsubscribed: what still comes on it is in order, and changes no book. */
  ending: Sending | null = null;
  /** When the exchange last ended it (monotonic). */
  lostAtMs = -Infinity;
  /** Deadlines that have passed since nothing was under way: each wait is longer than the one before. */
  waits = 0;

  constructor(channel: WireChannel, scope: ChannelScope) {
    this.channel = channel;
    this.scope = scope;
  }

  /** Whether an answer about it is awaited. */
  get underWay(): boolean {
    return this.held !== null || this.ending !== null || this.membership.underWay;
  }

  /** Nothing more comes on its sid. */
  end(): void {
    this.sid = null;
    this.sequence = null;
    this.held = null;
    this.ending = null;
    this.membership = new Membership();
  }
}
