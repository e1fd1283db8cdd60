/** Long enough for a fact that has to come, on a busy machine too. */
const DEADLINE_MS = 60_000;

/**
 * Waits for a promise, and says what was there instead if it does not come.
 *
 * @param instead called when it is too late
 */
export async function inTime<T>(promise: Promise<T>, instead: () => string, deadlineMs = DEADLINE_MS): Promise<T> {
  const { promise: tooLate, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`Not after ${deadlineMs / 1000} s: ${instead()}`)), deadlineMs);
  try {
    return await Promise.race([promise, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
