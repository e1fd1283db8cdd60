// One channel of one connection: what it is asked for, and what the exchange calls it.
import type { WireChannel } from '../../wire.ts';
import { Membership } from './membership.ts';
import type { SequenceTracker } from './sequence.ts';

/** `markets`: the wanted markets only. `all`: whatever the channel has, without a filter. */
export type ChannelScope = 'markets' | 'all';

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
  /** Nothing more is sent for it until it is answered, or the deadline has passed. */
  held = false;
  /** It is being unsubscribed in order to be made anew: what still comes on it is in order, and changes no book. */
  ending = false;
  /** Times that the exchange ended it since its data was last complete. */
  losses = 0;

  constructor(channel: WireChannel, scope: ChannelScope) {
    this.channel = channel;
    this.scope = scope;
  }

  /** Whether an answer about it is overdue, once the deadline has passed. */
  get underWay(): boolean {
    return this.held || this.ending || this.membership.underWay;
  }

  /** Answers are overdue: whatever is still missing is to be asked for again. */
  giveUpWaiting(): void {
    this.held = false;
    this.membership.giveUpWaiting();
  }

  /** Nothing more comes on its sid. */
  end(): void {
    this.sid = null;
    this.sequence = null;
    this.held = false;
    this.ending = false;
    this.membership = new Membership();
  }
}
