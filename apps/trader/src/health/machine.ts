// How the process and its machine are: what the probes of `@trader/health` measure, told to the tracker.
import type { StatsFs } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ComponentOptions, HealthError, HealthTracker } from '@trader/health';
import { diskSpaceProbe, eventLoopDelayProbe, memoryProbe, startProbe, type RunningProbe } from '@trader/health/probes';

export type MachineComponent = 'event-loop' | 'memory' | 'disk';

/** A stall that is over is to be seen for so long: a supervisor looks now and then. */
const STALL_SEEN_MS = 10_000;
/** Nothing is read, answered or renewed meanwhile. */
const STALL = { degraded: 1_000, unhealthy: 5_000 };

// None of them ends `ready`: what still records goes on.
const beside = { critical: false, healthyAfterMs: 0, holdDown: false } as const satisfies ComponentOptions;
export const machineComponents = {
  // A stall asks for a restart by way of `/livez` and the watchdog.
  'event-loop': { ...beside, fatalAfterMs: 0 },
  memory: beside,
  disk: beside,
} as const satisfies Record<MachineComponent, ComponentOptions>;

export type MachineOptions = {
  readonly tracker: Pick<HealthTracker<MachineComponent>, 'observe'>;
  /** Where records wait, or are stored; `null`: on no disk of this machine. */
  readonly folder: string | null;
  readonly onError: (error: HealthError) => void;
};

export class Machine {
  readonly #probes: readonly RunningProbe[];
  #diskFreeBytes: number | null = null;

  constructor({ tracker, folder, onError }: MachineOptions) {
    const common = { tracker, onError };
    const eventLoop = eventLoopDelayProbe({ percentile: 100, delayMs: STALL });
    const read = async (path: string) => this.#readDisk(path);
    this.#probes = [
      // A check sees what was since the one before the last.
      startProbe({ ...common, component: 'event-loop', probe: eventLoop, everyMs: STALL_SEEN_MS / 2 }),
      startProbe({ ...common, component: 'memory', probe: memoryProbe() }),
      ...(folder === null
        ? []
        : [startProbe({ ...common, component: 'disk' as const, probe: diskSpaceProbe({ path: folder, read }) })]),
    ];
  }

  /** Of the disk on which records wait, or are stored; `null` until it has been read. */
  get diskFreeBytes(): number | null {
    return this.#diskFreeBytes;
  }

  stop(): void {
    for (const probe of this.#probes) probe.stop();
  }

  /** The folder may not have been made yet: then it is that of its parent. */
  async #readDisk(path: string): Promise<StatsFs> {
    try {
      const space = await statfs(path);
      this.#diskFreeBytes = space.bavail * space.bsize;
      return space;
    } catch (error) {
      const parent = dirname(path);
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || parent === path) throw error;
      return this.#readDisk(parent);
    }
  }
}
