/** A queue whose ends cost the same however much waits between them: an array's own `shift` moves everything behind. */
export class Ring<T extends object> {
  /** As many places as a power of two; the occupied ones begin at `#first` and go round. */
  #places: (T | undefined)[];
  #first = 0;
  #size = 0;

  /** @param places a power of two; more are made when they are needed */
  constructor(places = 16) {
    this.#places = Array.from({ length: places });
  }

  get size(): number {
    return this.#size;
  }

  push(item: T): void {
    if (this.#size === this.#places.length) this.#grow();
    this.#places[(this.#first + this.#size++) & (this.#places.length - 1)] = item;
  }

  /** The first one, which is taken out; `undefined` if there is none. */
  shift(): T | undefined {
    if (this.#size === 0) return undefined;
    const item = this.#places[this.#first];
    this.#places[this.#first] = undefined;
    this.#first = (this.#first + 1) & (this.#places.length - 1);
    this.#size--;
    return item;
  }

  clear(): void {
    this.#places = Array.from({ length: 16 });
    this.#first = 0;
    this.#size = 0;
  }

  #grow(): void {
    const { length } = this.#places;
    const places = this.#places.slice(this.#first).concat(this.#places.slice(0, this.#first));
    // Holes in the array would make every access slower.
    for (let added = 0; added < length; added++) places.push(undefined);
    this.#places = places;
    this.#first = 0;
  }
}
