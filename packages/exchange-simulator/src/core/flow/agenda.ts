// What is to happen and when. In go moments and what to do then; out they come in the order of time.
import { MergeQueue, type MergeSource } from '../merge-queue.ts';

type Task = MergeSource & { readonly run: (atMicros: number) => void };

/** What is to happen and when, in microseconds since the epoch. Of things due together, that which was put in first. */
export class Agenda {
  readonly #queue = new MergeQueue<Task>();
  #order = 0;

  /** `Infinity` when nothing is to happen. */
  get nextMicros(): number {
    return this.#queue.first?.dueMs ?? Infinity;
  }

  schedule(atMicros: number, run: (atMicros: number) => void): void {
    // The queue only compares times; which unit they have is the same to it.
    if (atMicros < Infinity) this.#queue.push({ dueMs: Math.floor(atMicros), order: this.#order++, run });
  }

  runNext(): void {
    const task = this.#queue.first;
    if (!task) return;
    this.#queue.removeFirst();
    task.run(task.dueMs);
  }
}
