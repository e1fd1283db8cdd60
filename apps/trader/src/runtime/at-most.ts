import { setTimer } from './set-timer.ts';

/** Resolves once the work is done, or when it takes longer; then it goes on by itself. */
export async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  let cancel = (): void => undefined;
  const patience = new Promise<void>((resolve) => (cancel = setTimer(ms, resolve)));
  await Promise.race([work, patience]).finally(() => cancel());
}
