// Answers that cost much: worked out one after the other, kept for a while, and shared by all who ask for the same meanwhile.
import { systemRuntime, type Runtime } from '../../runtime/system-runtime.ts';
import { Refused } from '../endpoint.ts';

/** The one that was made first is forgotten. */
const MOST_KEPT = 100;
/** That wait for their turn. */
const MOST_WAITING = 20;
/** An answer is kept for so many times as long as it took: the database has other things to do. */
const TIMES_AS_LONG = 20;

type Kept<Answer> = { readonly answer: Answer; readonly untilMs: number };

export class AnswersKept<Answer> {
  readonly #monotonicMs: () => number;
  readonly #kept = new Map<string, Kept<Answer>>();
  readonly #underWay = new Map<string, Promise<Answer>>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(runtime: Pick<Runtime, 'monotonicMs'> = systemRuntime) {
    this.#monotonicMs = () => runtime.monotonicMs();
  }

  /**
   * @param keepMs at least, for what was found; `Infinity`: it does not change any more
   * @throws {Refused} TOO_MANY_REQUESTS; whatever `work` rejects with, which is not kept
   */
  async ask(key: string, work: () => Promise<Answer>, keepMs: (answer: Answer) => number): Promise<Answer> {
    const kept = this.#kept.get(key);
    if (kept && kept.untilMs > this.#monotonicMs()) return kept.answer;
    const underWay = this.#underWay.get(key);
    if (underWay) return underWay;
    if (this.#underWay.size >= MOST_WAITING) {
      const message = `${MOST_WAITING} answers that read much are being worked out, and they take turns. Try again.`;
      throw new Refused({ code: 'TOO_MANY_REQUESTS', message });
    }
    const found = this.#turn.then(async () => this.#work(key, work, keepMs));
    this.#underWay.set(key, found);
    this.#turn = found.catch(() => undefined).finally(() => this.#underWay.delete(key));
    return found;
  }

  async #work(key: string, work: () => Promise<Answer>, keepMs: (answer: Answer) => number): Promise<Answer> {
    const beganMs = this.#monotonicMs();
    const answer = await work();
    const endedMs = this.#monotonicMs();
    this.#kept.delete(key);
    this.#kept.set(key, { answer, untilMs: endedMs + Math.max(keepMs(answer), TIMES_AS_LONG * (endedMs - beganMs)) });
    if (this.#kept.size > MOST_KEPT) this.#kept.delete(this.#kept.keys().next().value!);
    return answer;
  }
}
