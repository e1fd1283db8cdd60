// Which markets the exchange has confirmed, and what is under way. The wanted ones are those that have a book.

/** One connection's view of the subscription's markets. */
export class Membership {
  /** What the exchange last said that the subscription has. */
  confirmed = new Set<string>();
  /** Asked for, and not confirmed yet. */
  readonly adding = new Set<string>();
  /** Asked to be taken out, and still confirmed. */
  readonly deleting = new Set<string>();

  get underWay(): boolean {
    return this.adding.size + this.deleting.size > 0;
  }

  /** One market more is known to be there. */
  confirm(market: string): void {
    this.confirmed.add(market);
    this.adding.delete(market);
  }

  /** Answers are overdue: whatever is still missing is to be asked for again. */
  giveUpWaiting(): void {
    this.adding.clear();
    this.deleting.clear();
  }
}
