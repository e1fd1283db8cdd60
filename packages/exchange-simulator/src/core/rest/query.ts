// A request's query, read value by value.
import { badRequest } from './refusal.ts';

/** A request's query, read value by value; a wrong one is a 400 that names it. Unknown names are passed over. */
export class Query {
  readonly #values: URLSearchParams;

  constructor(values: URLSearchParams) {
    this.#values = values;
  }

  /** `undefined` when absent or empty, as for Kalshi. */
  text(name: string): string | undefined {
    return this.#values.get(name) || undefined;
  }

  integer(name: string, lowest: number, highest: number): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = /^-?\d{1,15}$/.test(text) ? Number(text) : NaN;
    if (!(value >= lowest && value <= highest)) {
      throw badRequest(`${name} must be an integer from ${lowest} to ${highest}`);
    }
    return value;
  }

  /** How many items a page has; 0 and absent mean `otherwise`. */
  limit(highest: number, otherwise: number): number {
    return this.integer('limit', 0, highest) || otherwise;
  }

  /** Unix seconds, as milliseconds. */
  time(name: string): number | undefined {
    const seconds = this.integer(name, 0, 99_999_999_999);
    return seconds === undefined ? undefined : seconds * 1000;
  }

  flag(name: string): boolean | undefined {
    const text = this.oneOf(name, ['true', 'false']);
    return text === undefined ? undefined : text === 'true';
  }

  oneOf<T extends string>(name: string, allowed: readonly T[]): T | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const known = allowed.find((one) => one === text);
    if (known === undefined) throw badRequest(`${name} must be one of ${allowed.join(', ')}`);
    return known;
  }

  /** A list between commas, given once or several times; `undefined` when there is nothing in it. */
  list(name: string): readonly string[] | undefined {
    const items = this.#values.getAll(name).flatMap((text) => text.split(',').filter(Boolean));
    return items.length > 0 ? items : undefined;
  }
}
