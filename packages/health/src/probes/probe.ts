import type { ObservedStatus } from '../status.ts';

/** What a check found. */
export interface ProbeResult {
  readonly status: ObservedStatus;
  readonly reason: string;
}

/** Something that can be asked again and again how it is. */
export interface Probe {
  /**
   * Asks once. A rejection counts as `unhealthy`.
   *
   * @param signal aborted when the time for this check is over, or the probe is stopped
   */
  check(signal: AbortSignal): ProbeResult | Promise<ProbeResult>;
  /** Lets go of whatever the probe holds; called once, when it is no longer asked. */
  stop?(): void;
}
