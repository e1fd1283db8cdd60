// What goes wrong in a soak, and when: the same for the same seed. Pure.
import type { Fault } from '@trader/exchange-simulator';

/** Each hits the running trader from the outside. */
export type SoakFault =
  | 'quiet'
  | 'cut'
  | 'cuts'
  | 'dead-server'
  | 'refused-handshakes'
  | 'drops'
  | 'duplicates'
  | 'silent-stall'
  | 'half-open'
  | 'slow-link'
  | 'error-10'
  | 'error-25'
  | 'database-crash'
  | 'reading-pause'
  | 'clock-jump'
  | 'sleep'
  | 'kill'
  | 'upgrade'
  | 'takeover';

export type SoakStep = {
  readonly fault: SoakFault;
  readonly fromMs: number;
  readonly untilMs: number;
};

/** Faults of the connection: after one of these `ready` may be left. After any other it may not. */
const MAY_LEAVE_READY: ReadonlySet<SoakFault> = new Set<SoakFault>([
  'cut',
  'cuts',
  'dead-server',
  'refused-handshakes',
  'drops',
  'silent-stall',
  'half-open',
  'slow-link',
  'error-10',
  'error-25',
  // The spool is full, so that the feed is not read.
  'reading-pause',
  // The process does not run, and the exchange hangs up.
  'sleep',
]);

/** After these a book may be called synced for as long as nobody can know that what it shows is old. */
const MAY_SHOW_THE_PAST: ReadonlySet<SoakFault> = new Set<SoakFault>(['silent-stall', 'half-open', 'slow-link']);

const EACH: readonly SoakFault[] = [
  'cut',
  'dead-server',
  'kill',
  'drops',
  'database-crash',
  'quiet',
  'duplicates',
  'error-25',
  'silent-stall',
  'cuts',
  'error-10',
  'refused-handshakes',
  'half-open',
  'slow-link',
  'reading-pause',
  'clock-jump',
  'sleep',
  'upgrade',
  'takeover',
  // Back to the first machine.
  'upgrade',
];

const ENDS_PROCESS: ReadonlySet<SoakFault> = new Set<SoakFault>(['kill', 'upgrade', 'takeover']);
const SLOW: ReadonlySet<SoakFault> = new Set<SoakFault>(['upgrade', 'takeover', 'reading-pause', 'sleep']);

/** Part of a long soak in which the process is ended: behind it one process lives long enough to be measured. */
const KILLS_UNTIL = 0.35;
const LONG_MS = 300_000;
/** At the end nothing is injected any more: it has to heal. */
export const CALM_MS = 12_000;

/** @param random in [0, 1) */
export function soakScript(durationMs: number, random: () => number): readonly SoakStep[] {
  const slotMs = Math.min(30_000, Math.max(3_500, durationMs / 40));
  const killsUntilMs = durationMs < LONG_MS ? durationMs : durationMs * KILLS_UNTIL;
  const steps: SoakStep[] = [];
  let queue: SoakFault[] = [];
  let atMs = slotMs;
  while (atMs + slotMs <= durationMs - CALM_MS) {
    if (queue.length === 0) queue = shuffled(EACH, random);
    const fault = queue.shift()!;
    if (ENDS_PROCESS.has(fault) && atMs > killsUntilMs) continue;
    // They take as long as a lease, or as a spool takes to be filled.
    if (SLOW.has(fault) && durationMs < LONG_MS) continue;
    // Minutes go by until the spool is full.
    if (fault === 'reading-pause' && steps.some((step) => step.fault === fault)) continue;
    // The client then waits for up to a minute, as it should: that is most of a short soak.
    if (fault === 'refused-handshakes' && durationMs < LONG_MS) continue;
    // Half of the slot is left to heal in; a quiet market is quiet for longer than a fault lasts.
    const lengthMs = fault === 'quiet' ? slotMs * 2 : slotMs / 2;
    steps.push({ fault, fromMs: atMs, untilMs: atMs + lengthMs });
    atMs += fault === 'quiet' ? slotMs * 2 : slotMs;
  }
  return steps;
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => [random(), item] as const)
    .toSorted(([a], [b]) => a - b)
    .map(([, item]) => item);
}

/**
 * What the simulator does for it; empty for what is not the simulator's. What has not come when the step is over does not come: a
 * cut that waited for a late reconnect would explain nothing.
 */
export function faultsOf(fault: SoakFault, lengthMs: number): readonly Fault[] {
  const until = Math.round(lengthMs);
  const delta = { frame: 'orderbook_delta' } as const;
  switch (fault) {
    case 'cut':
      return [{ kind: 'cut', aim: delta, count: 1, until }];
    case 'cuts':
      return [{ kind: 'cut', aim: delta, after: 200, count: 3, midFrame: true, until }];
    case 'dead-server':
      return [
        { kind: 'refuse', status: 503, until },
        { kind: 'cut', until: 100 },
      ];
    case 'refused-handshakes':
      return [
        // No 401: the client then waits for a minute, as a wrong key does not get right sooner.
        { kind: 'refuse', status: 500, count: 1, until },
        { kind: 'refuse', status: 429, retryAfter: 1, count: 1, until },
        { kind: 'never-upgrade', count: 1, until },
        { kind: 'cut', until: 100 },
      ];
    case 'drops':
      return [{ kind: 'drop', aim: delta, probability: 0.005, until }];
    case 'duplicates':
      return [{ kind: 'duplicate', aim: delta, copies: 2, probability: 0.05, until }];
    case 'silent-stall':
      return [{ kind: 'stall', until }];
    case 'half-open':
      return [{ kind: 'half-open', until }];
    case 'slow-link':
      return [{ kind: 'slow-link', bytesPerSecond: 20_000, until }];
    case 'error-10':
      return [{ kind: 'error', code: 10, aim: delta, count: 1, until }];
    case 'error-25':
      return [{ kind: 'error', code: 25, aim: delta, count: 1, until }];
    case 'quiet':
    case 'database-crash':
    case 'reading-pause':
    case 'clock-jump':
    case 'sleep':
    case 'kill':
    case 'upgrade':
    case 'takeover':
      return [];
  }
}

/** How long after its end a fault may still be why `ready` is left: the hold-down has to pass, and silence be noticed. */
const LATE_MS = 20_000;

/** Whether a book may be synced and of the past at this time. */
export const mayShowThePast = (atMs: number, steps: readonly SoakStep[]): boolean =>
  steps.some(
    ({ fault, fromMs, untilMs }) => MAY_SHOW_THE_PAST.has(fault) && atMs >= fromMs && atMs <= untilMs + LATE_MS,
  );

/** The fault that explains a departure from `ready`, or `null`: then the soak has failed. */
export function explanationOf(atMs: number, steps: readonly SoakStep[], holdDownMs: number): SoakStep | null {
  const possible = steps.filter(
    ({ fault, fromMs, untilMs }) =>
      MAY_LEAVE_READY.has(fault) && atMs >= fromMs && atMs <= untilMs + holdDownMs + LATE_MS,
  );
  return possible.at(-1) ?? null;
}
