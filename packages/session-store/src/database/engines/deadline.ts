import type { SessionStoreError } from '../../errors.ts';
import type { Runtime } from '../../runtime.ts';

/**
 * Settles as `work` does, unless `ms` pass or `signal` aborts first. The work itself is not stopped: it is no longer
 * listened to, so whatever it still does must be harmless.
 *
 * @param late the rejection after `ms`; an abort rejects with the signal's reason
 */
export async function withDeadline<T>(
  runtime: Runtime,
  ms: number,
  work: Promise<T>,
  late: () => SessionStoreError,
  signal?: AbortSignal,
): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const cancel = runtime.setTimer(ms, () => reject(late()));
  const abort = () => reject(signal?.reason as SessionStoreError);
  signal?.addEventListener('abort', abort);
  try {
    return await Promise.race([work, promise]);
  } finally {
    cancel();
    signal?.removeEventListener('abort', abort);
  }
}
