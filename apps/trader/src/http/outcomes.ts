// What became of what reached the port: counted for the metrics, and logged where the mistake is ours.
import type { Log } from '../log/log.ts';
import type { CutCode, RefusalCode } from './refusal.ts';

export class Outcomes {
  /** Answers over plain HTTP, by status code. */
  readonly answers = new Map<string, number>();
  readonly refusals = new Map<RefusalCode | CutCode, number>();
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  answered(status: number): void {
    countUp(this.answers, String(status));
  }

  refused(code: RefusalCode | CutCode): void {
    countUp(this.refusals, code);
  }

  /** Something of ours went wrong. What was sent is in `error` at most, so that lines of one kind are held back as one. */
  failed(doing: string, error: unknown): void {
    this.refused('INTERNAL');
    this.#log.error({ err: error }, `HTTP: ${doing} failed`);
  }

  /** Does the work. Whatever it throws ends here, and is followed by `otherwise`. */
  guard(doing: string, work: () => void, otherwise: () => void = () => undefined): void {
    try {
      work();
    } catch (error) {
      this.failed(doing, error);
      otherwise();
    }
  }
}

function countUp<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
