// Reads the settings anew when it is asked to, and has what can change while the trader runs brought about. What that is, is
// decided in config/reload/decide-reload.ts.
import { decideReload, type ReadSettings, type Reload } from './config/reload/decide-reload.ts';
import { failureOf } from './errors.ts';
import type { Log } from './log/log.ts';
import { systemRuntime } from './runtime/system-runtime.ts';

/** Where settings are from. */
export type SettingsSource = {
  /** Those that the trader was started with. */
  readonly present: ReadSettings;
  /** @throws {TraderError} as at a start */
  readonly read: () => ReadSettings;
};

export type ReloaderOptions = SettingsSource & {
  /** All but the log's level. */
  readonly apply: (reload: Reload) => Promise<void>;
  readonly log: Log;
};

/** `unchanged`: nothing that can change while the trader runs was other than before. `refused`: a setting was wrong. */
export type ReloadOutcome = 'applied' | 'unchanged' | 'refused' | 'failed';

export type ReloadView = {
  readonly counts: Readonly<Record<ReloadOutcome, number>>;
  readonly last: ReloadOutcome | null;
  /** Of the latest one that was neither refused nor failed; before the first the time of the start. Ms since the Unix epoch. */
  readonly goodAtMs: number;
  /** Settings that were other than those in effect when they were last read without a mistake. */
  readonly needsRestart: readonly string[];
};

export class Reloader {
  readonly #options: ReloaderOptions;
  readonly #counts = { applied: 0, unchanged: 0, refused: 0, failed: 0 };
  #present: ReadSettings;
  #last: ReloadOutcome | null = null;
  #goodAtMs = systemRuntime.nowMs();
  #needsRestart: readonly string[] = [];
  #isUp = false;
  #isAsked = false;
  #isBusy = false;

  constructor(options: ReloaderOptions) {
    this.#options = options;
    this.#present = options.present;
  }

  get view(): ReloadView {
    const { goodAtMs, needsRestart } = { goodAtMs: this.#goodAtMs, needsRestart: this.#needsRestart };
    return { counts: { ...this.#counts }, last: this.#last, goodAtMs, needsRestart };
  }

  /** There is something to bring changes about in: does what was asked for before. */
  begin(): void {
    this.#isUp = true;
    void this.#work();
  }

  /** Reads the settings later than now, once for all that ask meanwhile. */
  ask(): void {
    this.#isAsked = true;
    void this.#work();
  }

  /** One after the other, so that what was written last is in effect at the end. */
  async #work(): Promise<void> {
    if (!this.#isUp || this.#isBusy) return;
    this.#isBusy = true;
    while (this.#isAsked) {
      this.#isAsked = false;
      const outcome = await this.#reload();
      this.#last = outcome;
      this.#counts[outcome]++;
    }
    this.#isBusy = false;
  }

  async #reload(): Promise<ReloadOutcome> {
    const { read, apply, log } = this.#options;
    let reload: Reload;
    try {
      reload = decideReload(this.#present, read());
    } catch (error) {
      const { code, message } = failureOf(error);
      const problem = message.split('\n').join('; ');
      log.error({ code, problem }, `the settings are wrong, and nothing has been changed: ${problem}`);
      return 'refused';
    }
    try {
      await apply(reload);
    } catch (error) {
      const { message } = failureOf(error);
      const text = 'the settings could not all be brought into effect. Correct them and send SIGUSR2 again, or restart';
      log.error({ code: 'UNEXPECTED', err: error }, `${text}: ${message}`);
      return 'failed';
    }
    const { changes, needsRestart, inEffect } = reload;
    this.#present = inEffect;
    this.#needsRestart = needsRestart;
    this.#goodAtMs = systemRuntime.nowMs();
    this.#tell(reload);
    return changes.length > 0 ? 'applied' : 'unchanged';
  }

  /** At whichever of the two levels says more. */
  #tell({ changes, needsRestart, inEffect }: Reload): void {
    const { log } = this.#options;
    const level = inEffect.parts.log;
    const say = (): void => {
      log.info({ changes, needsRestart }, textOf(changes, needsRestart));
      if (needsRestart.length === 0) return;
      const text = 'changed, and keep the value that they have until the trader is restarted';
      log.warn({ code: 'NEEDS_RESTART', settings: needsRestart }, `${needsRestart.join(', ')}: ${text}`);
    };
    const isQuieter = log.levels.values[level] === undefined || log.levels.values[level] > log.levelVal;
    if (isQuieter) say();
    log.level = level;
    if (!isQuieter) say();
  }
}

function textOf(changes: readonly string[], needsRestart: readonly string[]): string {
  if (changes.length > 0) return `settings reloaded: ${changes.join('; ')}`;
  return needsRestart.length > 0
    ? 'settings reloaded: none that can change while the trader runs has changed'
    : 'settings reloaded: nothing has changed';
}
