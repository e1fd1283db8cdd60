// Members in the order in which they were added, and rounds that go over them again and again while members come and go.
// No iterator of a map does that for ever: one that stands still keeps every table that the map has had since.

/** Where a member stands; written by its {@link Rounds} alone. */
export type Placed = { place: number };

/** Fewer holes than this are not worth closing. */
const MIN_HOLES = 32;

export class Rounds<T extends Placed> {
  /** `null` where a member has gone; the holes are closed when they are as many as the members. */
  #members: (T | null)[] = [];
  #holes = 0;
  /** For each round, the place at which it goes on. */
  readonly #next: number[];

  constructor(rounds: number) {
    this.#next = Array.from({ length: rounds }, () => 0);
  }

  add(member: T): void {
    member.place = this.#members.length;
    this.#members.push(member);
  }

  delete(member: T): void {
    this.#members[member.place] = null;
    member.place = -1;
    if (++this.#holes >= MIN_HOLES && this.#holes * 2 >= this.#members.length) this.#closeHoles();
  }

  /** The member whose turn it is; `undefined` once at the end of the round, after which it begins anew. */
  next(round: number): T | undefined {
    const { length } = this.#members;
    for (let place = this.#next[round]!; place < length; place++) {
      const member = this.#members[place];
      if (!member) continue;
      this.#next[round] = place + 1;
      return member;
    }
    this.#next[round] = 0;
    return undefined;
  }

  #closeHoles(): void {
    const members: T[] = [];
    const next = this.#next.map(() => -1);
    for (const [place, member] of this.#members.entries()) {
      for (const [round, at] of this.#next.entries()) if (at === place) next[round] = members.length;
      if (!member) continue;
      member.place = members.length;
      members.push(member);
    }
    for (const [round, at] of next.entries()) this.#next[round] = at < 0 ? members.length : at;
    this.#members = members;
    this.#holes = 0;
  }
}
