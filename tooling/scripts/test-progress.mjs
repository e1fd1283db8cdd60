import { existsSync, readFileSync } from 'node:fs';

/** How far a run of the tests is, as its packages' runners tell in the file `TRADER_TEST_PROGRESS` (tooling/vitest/run-reporter.mjs). */
export class TestProgress {
  #file;
  #linesRead = 0;
  #packages = new Map();

  /** @param {string} file */
  constructor(file) {
    this.#file = file;
  }

  /** Reads on; returns a line for each test that has failed and each package that is done now. */
  read() {
    const news = [];
    const lines = existsSync(this.#file) ? readFileSync(this.#file, 'utf8').split('\n').slice(0, -1) : [];
    for (const line of lines.slice(this.#linesRead)) {
      const { package: name, files, file, passed, failed } = JSON.parse(line);
      if (files !== undefined) {
        this.#packages.set(name, { files, done: 0, passed: 0, failed: 0 });
        continue;
      }
      const of = this.#packages.get(name);
      of.done += 1;
      of.passed += passed;
      of.failed += failed.length;
      for (const test of failed) news.push(`FAILED ${name} ${file} > ${test ?? '(the whole file)'}`);
      if (of.done === of.files) news.push(`${name}: ${of.passed} passed, ${of.failed} failed`);
    }
    this.#linesRead = lines.length;
    return news;
  }

  /** `1402 passed, 0 failed; trader 12 of 36 files, …` */
  text() {
    const packages = [...this.#packages];
    const sum = (count) => packages.reduce((total, [, of]) => total + of[count], 0);
    const running = packages.filter(([, of]) => of.done < of.files);
    const files = running.map(([name, of]) => `${name} ${of.done} of ${of.files} files`).join(', ');
    return `${sum('passed')} passed, ${sum('failed')} failed${files && `; ${files}`}`;
  }
}
