import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, relative, resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/**
 * Writes what a run found, in full: each test, each suite that failed outside of its tests, each error that nobody caught, with
 * the difference that vitest's own JSON leaves out. Meanwhile it tells `TRADER_TEST_PROGRESS`, a file, how far the run is.
 */
export class RunReporter {
  #file;
  #root = '';
  #package = '';

  /** @param {string} file of the report, relative to the package */
  constructor(file) {
    this.#file = file;
  }

  onInit({ config }) {
    this.#root = config.root;
    this.#package = process.env.npm_package_name ?? basename(config.root);
  }

  onTestRunStart(specifications) {
    this.#tell({ files: specifications.length });
  }

  onTestModuleEnd(module) {
    const file = relative(this.#root, module.moduleId);
    const results = resultsOf(module, file);
    const failed = results.filter(({ state }) => state !== 'passed' && state !== 'skipped').map(({ name }) => name);
    this.#tell({ file, passed: results.filter(({ state }) => state === 'passed').length, failed });
  }

  onTestRunEnd(modules, unhandledErrors) {
    const report = {
      results: modules.flatMap((module) => resultsOf(module, relative(this.#root, module.moduleId))),
      unhandledErrors: unhandledErrors.map(textOf),
    };
    const file = resolve(this.#root, process.env.TRADER_TEST_REPORT ?? this.#file);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(report));
  }

  #tell(fact) {
    const file = process.env.TRADER_TEST_PROGRESS;
    if (file) appendFileSync(file, `${JSON.stringify({ package: this.#package, ...fact })}\n`);
  }
}

function resultsOf(module, file) {
  const tests = [...module.children.allTests()].map((test) => {
    const { state, errors = [] } = test.result();
    const ms = test.diagnostic()?.duration ?? 0;
    return { file, name: test.fullName, state, ms, errors: errors.map(textOf) };
  });
  // A file that cannot be loaded, a hook that throws: no test of it says so.
  const suites = [module, ...module.children.allSuites()]
    .filter((suite) => suite.errors().length > 0)
    .map((suite) => ({ file, name: suite.fullName, state: 'failed', ms: 0, errors: suite.errors().map(textOf) }));
  return [...tests, ...suites];
}

function textOf({ name, message, diff, stack, cause }) {
  const said = message === undefined ? String(stack) : [name, message].filter(Boolean).join(': ');
  // Where in our own code; the runner's frames help nobody.
  const frames = (stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line) && !/node_modules|node:|\(<anonymous>\)$/.test(line));
  // Another reporter may have put the words in already.
  const causes = cause?.message === undefined ? [] : [textOf(cause).replace(/^(Caused by: )?/, 'Caused by: ')];
  return [stripVTControlCharacters(said), stripVTControlCharacters(diff ?? ''), ...frames.slice(0, 6), ...causes]
    .filter((part) => part !== '')
    .join('\n');
}
