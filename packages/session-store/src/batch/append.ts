/** `push(...values)` for any number of them: a call takes no more than some hundred thousand parameters. */
export function append<T>(target: T[], values: readonly T[]): void {
  for (const value of values) target.push(value);
}
