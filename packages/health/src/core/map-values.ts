/** A record with the same keys, and for each the value that `map` makes of it. */
export const mapValues = <Key extends string, Value, Result>(
  record: Readonly<Record<Key, Value>>,
  map: (value: Value, key: Key) => Result,
): Record<Key, Result> =>
  Object.fromEntries(Object.entries<Value>(record).map(([key, value]) => [key, map(value, key as Key)])) as Record<
    Key,
    Result
  >;
