/** A command that was called wrongly: said in one line, and nothing is run. */
export class UsageError extends Error {}

/** @returns {number} what `text` says, or `fallback` if there is none */
export function wholeNumber(name, text, fallback) {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < 1) {
    throw new UsageError(`${name}: "${text}" is no whole number from 1`);
  }
  return value;
}

/** Runs a command's work. A wrong call ends with 2, and how it is called. */
export async function orUsage(usage, work) {
  try {
    return await work();
  } catch (error) {
    // parseArgs says what it does not know with a code of its own.
    if (!(error instanceof UsageError) && !error.code?.startsWith?.('ERR_PARSE_ARGS')) throw error;
    process.stderr.write(`${error.message}\n${usage}\n`);
    return 2;
  }
}
