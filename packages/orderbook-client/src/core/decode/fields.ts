// How the fields of a `msg` are read. Each message has one table from our field names to the exchange's. The table comes
// in; `reader` makes of it the function from a `msg` to a payload, or to what is wrong with it.
import type { OpenEnum } from '../../channel-events.ts';
import {
  microdollarShapes,
  priceShapes,
  sizeShapes,
  timeShapes,
  type Fields,
  type Shape,
  type TimeKeys,
} from './field-eras.ts';
import { ONE_DOLLAR } from '../price/price.ts';

/** `sid` and `seq` are `null` where the frame has none. */
export type FrameNumbers = { readonly sid: number | null; readonly seq: number | null };

/** The message does not have it. `null` and empty text count as absent, too: the exchange writes them for "nothing". */
export const ABSENT: unique symbol = Symbol('absent');
/** The message has it, and it is not what it must be. Never repaired, never defaulted: without it the message is a violation. */
export const UNREADABLE: unique symbol = Symbol('unreadable');

type Found<T> = T | typeof ABSENT | typeof UNREADABLE;

/** Where a value is in a `msg`. */
export interface Field<T> {
  /** The newest of its names, for messages. */
  readonly wireName: string;
  readonly find: Find<T>;
}

/** @param unreadable takes the names of optional fields that cannot be read: each is `null`, and costs no other */
type Find<T> = (msg: Fields, unreadable?: string[]) => Found<T>;

/** For each field of a payload, where it is. */
export type Schema<T> = { readonly [K in keyof T]-?: Field<T[K]> };

/**
 * Makes the function that reads a `msg` by its table, in the table's order.
 *
 * @param check what must hold over several fields; what it returns is wrong with the message
 * @returns a function to the payload, or to what is wrong with the message: the first field that is not as it must be
 */
export function reader<T extends object>(
  schema: Schema<T>,
  check: (payload: T) => string | null = () => null,
): (msg: Fields, unreadable?: string[]) => T | string {
  const fields = Object.entries<Field<unknown>>(schema);
  return (msg, unreadable) => {
    const payload: Record<string, unknown> = {};
    for (const [key, { wireName, find }] of fields) {
      const value = find(msg, unreadable);
      if (value === ABSENT) return `without "${wireName}"`;
      if (value === UNREADABLE) return `with an unreadable "${wireName}"`;
      payload[key] = value;
    }
    // Every key of T is in the schema, and its field finds what T has there.
    const complete = payload as T;
    return check(complete) ?? complete;
  };
}

/** The newest name that the message has counts. If it is unreadable, the field is: an older name does not stand in. */
export const field = <T>(wireName: string, shapes: readonly Shape<T>[]): Field<T> => ({
  wireName,
  find: (msg) => {
    for (const { key, read } of shapes) {
      const value = msg[key];
      if (value === undefined || value === null || value === '') continue;
      return read(value) ?? UNREADABLE;
    }
    return ABSENT;
  },
});

/** The first of the fields that the message has. */
export const firstOf = <T>(first: Field<T>, ...others: readonly Field<T>[]): Field<T> => ({
  wireName: first.wireName,
  find: (msg) => {
    const found = first.find(msg);
    if (found !== ABSENT) return found;
    return others.map((other) => other.find(msg)).find((value) => value !== ABSENT) ?? ABSENT;
  },
});

/** `null` where the message does not have it, or has something else: that is named, and costs nothing but itself. */
export const optional = <T>({ wireName, find }: Field<T>): Field<T | null> => ({
  wireName,
  find: (msg, unreadable) => {
    const found = find(msg, unreadable);
    if (found === UNREADABLE) unreadable?.push(wireName);
    return found === ABSENT || found === UNREADABLE ? null : found;
  },
});

/** As `optional`, but not where `key` is one of `values`: then the message would say nothing without it. */
export const optionalUnless = <T>(key: string, values: readonly unknown[], field: Field<T>): Field<T | null> => {
  const { wireName, find } = optional(field);
  return { wireName, find: (msg, unreadable) => (values.includes(msg[key]) ? field : { find }).find(msg, unreadable) };
};

const one = <T>(key: string, read: (value: unknown) => T | undefined): Field<T> => field(key, [{ key, read }]);

/** Text that is not empty: a ticker, an id, a title. */
export const text = (key: string): Field<string> =>
  one(key, (value) => (typeof value === 'string' ? value : undefined));

/** Text of a list that grows: an unknown value is passed on as it is. */
export const oneOf = <Known extends string>(key: string): Field<OpenEnum<Known>> => text(key);

export const flag = (key: string): Field<boolean> =>
  one(key, (value) => (typeof value === 'boolean' ? value : undefined));

const notNegative =
  (read: Shape<number>['read']): Shape<number>['read'] =>
  (value) => {
    const number = read(value);
    return number !== undefined && number >= 0 ? number : undefined;
  };

/** A whole number from 0. */
export const wholeNumber = (key: string): Field<number> =>
  one(key, (value) => (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined));

/** A whole number with a sign. */
export const signedWholeNumber = (key: string): Field<number> =>
  one(key, (value) => (typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined));

/** A number that is no money and has no scale, as JSON has it. */
export const plainNumber = (key: string): Field<number> =>
  one(key, (value) => (typeof value === 'number' && Number.isFinite(value) ? value : undefined));

export const object = (key: string): Field<Fields> => one(key, (value) => (isFields(value) ? value : undefined));

/** 1/10,000 dollar, by its name without a suffix: `yes_price`. */
export const price = (name: string): Field<number> => field(`${name}_dollars`, priceShapes(name));

/** The price of the other side. */
export const complementOf = ({ wireName, find }: Field<number>): Field<number> => ({
  wireName,
  find: (msg) => {
    const found = find(msg);
    return typeof found === 'number' ? ONE_DOLLAR - found : found;
  },
});

/** 1/100 contract, by its name without a suffix: `count`. */
export const size = (name: string): Field<number> =>
  field(
    `${name}_fp`,
    sizeShapes(name).map(({ key, read }) => ({ key, read: notNegative(read) })),
  );

/** As `size`; it may be negative, which means NO contracts. */
export const signedSize = (name: string): Field<number> => field(`${name}_fp`, sizeShapes(name));

/** 1/1,000,000 dollar, by its name without a suffix: `fees_paid`. It may be negative. */
export const microdollars = (name: string): Field<number> => field(`${name}_dollars`, microdollarShapes(name));

/** Ms since the Unix epoch, from the most exact of the names that the message has. */
export const time = (keys: TimeKeys): Field<number> =>
  field(keys.ms ?? keys.rfc3339 ?? keys.seconds ?? '', timeShapes(keys));

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const positiveInteger = (value: unknown): number | null =>
  typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : null;
