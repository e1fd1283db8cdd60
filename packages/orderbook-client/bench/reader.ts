import { collectGarbage } from './garbage.ts';
import { round } from './report.ts';
import { median } from './rounds.ts';
import type { Sender } from './sender-process.ts';

/** Reads what a sender plays, in its own way. */
export type Reader = {
  readonly name: string;
  /** Resolves once it is connected and has its books, so that only deltas are still to come. */
  open(sender: Sender): Promise<Reading>;
};

export type Reading = {
  /** Milliseconds from the first delta to the last. */
  readonly done: Promise<number>;
  /** Best YES bids by market in 1/10,000 dollar, for those that keep books. */
  readonly bestBids?: () => readonly number[];
  close(): Promise<void>;
};

export type Run = {
  readonly framesPerSecond: number;
  /**
   * Processor time of the thread that reads, the kernel's part included. On a quiet machine it says what the rate says; on
   * a busy one it still holds.
   */
  readonly cpuNsPerFrame: number;
  /** Best YES bids that are not what the sender knows them to be. */
  readonly wrongBooks: number;
};

/** One reading of everything that the sender has. */
export async function read(reader: Reader, sender: Sender): Promise<Run> {
  const { deltas } = sender;
  const reading = await reader.open(sender);
  collectGarbage();
  const before = process.threadCpuUsage();
  sender.play();
  try {
    const elapsedMs = await reading.done;
    const { user, system } = process.threadCpuUsage(before);
    const bestBids = reading.bestBids?.() ?? sender.bestBids;
    return {
      framesPerSecond: (deltas / elapsedMs) * 1000,
      cpuNsPerFrame: ((user + system) * 1000) / deltas,
      wrongBooks: bestBids.filter((price, market) => price !== sender.bestBids[market]).length,
    };
  } finally {
    await reading.close();
  }
}

/** The median of each figure; of wrong books the most. */
export const summaryOf = (runs: readonly Run[]): Run => ({
  framesPerSecond: median(runs.map((run) => run.framesPerSecond)),
  cpuNsPerFrame: median(runs.map((run) => run.cpuNsPerFrame)),
  wrongBooks: Math.max(...runs.map((run) => run.wrongBooks)),
});

export const figureOf = ({ framesPerSecond, cpuNsPerFrame }: Run): string =>
  `${round(framesPerSecond)} frames/s, ${round(cpuNsPerFrame)} ns CPU each`;
