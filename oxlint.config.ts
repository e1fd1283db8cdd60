import { defineConfig } from 'oxlint';

type Forbidden = { regex: string; message: string };

const intoAnotherPackage: Forbidden = {
  regex: String.raw`^(\.\./)+(packages|apps|tooling)/|^(\.\./)+[a-z-]+/(src|dist)(/|$)`,
  message: 'Import a workspace package by its name, through its exports.',
};
const testkit: Forbidden = {
  regex: '^@trader/testkit',
  message: 'The testkit is for tests.',
};
const outsideWorld: Forbidden = {
  regex: String.raw`^node:|^(ws|postgres|drizzle-orm|@electric-sql/pglite)(/|$)|(^|/)io/`,
  message:
    'core/, and what pureFiles lists, is pure: no sockets, files, timers, clock or database. What it needs comes in as an argument.',
};

const forbid = (...patterns: Forbidden[]) => ({ 'no-restricted-imports': ['error', { patterns }] as const });

const packages = ['orderbook-client', 'health', 'market-discovery', 'session-store', 'exchange-simulator'];

/** Of packages and the app whose rooms are subjects: what stands in core/ elsewhere. */
const pureFiles: Readonly<Record<string, readonly string[]>> = {
  trader: [
    'config/reload/decide-reload.ts',
    'coordinator/{state,step,waits}.ts',
    'http/books/{book-columns,trade-marks}.ts',
    'http/history/column-ring.ts',
    'http/timeline/{merge-spans,span-log}.ts',
    'log/rate-limited-log.ts',
    'secrets/scrub-secrets.ts',
  ],
  'session-store': [
    'background/backoff.ts',
    'batch/*.ts',
    'compaction/take-run.ts',
    'database/{array-literal,clause-of,day,parse-array,retry-policy}.ts',
    'database/location/*.ts',
    'export/csv-text.ts',
    'export/dataset/{kept-parts,partition-path,session-counts}.ts',
    'ownership/owned-session.ts',
    'reading/merge.ts',
    'reading/book/{coverage-intervals,holes}.ts',
    'reading/market/market-life.ts',
    'reading/pages/{chunk-merge,parse-columns}.ts',
    'reading/verify/stream-check.ts',
    'spool/batch-text.ts',
    'spool/log/spool-index.ts',
    'spool/recovery/{hole-ledger,recover-batch}.ts',
  ],
};

/** As globs from the root. */
const pureIn = (name: string, folder: string): string[] =>
  (pureFiles[name] ?? ['core/**']).map((file) => `${folder}/${name}/src/${file}`);

/** Packages never import each other; the simulator alone may see the wire types, which are its contract. */
const siblingsOf = (name: string): Forbidden => {
  const others = packages.filter((other) => other !== name).join('|');
  const entries =
    name === 'exchange-simulator'
      ? String.raw`(health|market-discovery|session-store)|^@trader/orderbook-client($|/[^w])`
      : `(${others})`;
  return {
    regex: `^@trader/${entries}|^trader$`,
    message: 'Packages never import each other (ARCHITECTURE.md). The app adapts one to the other.',
  };
};

/** Waits, ages and durations: nobody who sets the wall clock, and no odd number, may change or flood them. */
const timeOfTheApp = {
  'no-restricted-globals': [
    'error',
    ...['setTimeout', 'setInterval'].map((name) => ({
      name,
      message: 'Use setTimer or repeatEvery of set-timer.ts: they take any delay.',
    })),
  ],
  'no-restricted-properties': [
    'error',
    {
      object: 'Date',
      property: 'now',
      message: 'systemRuntime.nowMs() for what is stored or told; monotonicMs() for waits, ages and durations.',
    },
  ],
} as const;

export default defineConfig({
  plugins: ['typescript', 'import', 'unicorn', 'promise', 'oxc', 'vitest'],
  categories: { correctness: 'error', suspicious: 'error' },
  options: { typeAware: true },
  ignorePatterns: ['**/dist/**', '**/reports/**'],
  rules: {
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/return-await': ['error', 'in-try-catch'],
    'typescript/no-explicit-any': 'error',
    'typescript/consistent-type-imports': 'error',
    'typescript/switch-exhaustiveness-check': 'error',
    'import/no-cycle': 'error',
    'no-console': 'error',
    eqeqeq: 'error',
    'typescript/no-unsafe-type-assertion': 'off',
    // TypeScript's noImplicitReturns knows exhaustive switches.
    'typescript/consistent-return': 'off',
    'no-await-in-loop': 'off',
    'no-shadow': 'off',
    'no-underscore-dangle': 'off',
    // Of windows; what posts messages here are threads.
    'unicorn/require-post-message-target-origin': 'off',
    'unicorn/consistent-function-scoping': 'off',
    'import/no-unassigned-import': 'off',
    // fast-check is used as fc.property(…), as its documentation does.
    'import/no-named-as-default-member': 'off',
    'vitest/valid-title': 'off',
    'vitest/valid-expect': ['error', { maxArgs: 2 }],
    'vitest/expect-expect': [
      'error',
      { assertFunctionNames: ['expect', 'expectTypeOf', 'fc.assert', 'playAndCompare', 'record*Tape'] },
    ],
    ...forbid(intoAnotherPackage),
  },
  overrides: [
    ...packages.flatMap((name) => [
      { files: [`packages/${name}/**`], rules: forbid(intoAnotherPackage, siblingsOf(name)) },
      { files: [`packages/${name}/src/**`], rules: forbid(intoAnotherPackage, siblingsOf(name), testkit) },
      {
        files: pureIn(name, 'packages'),
        rules: forbid(intoAnotherPackage, siblingsOf(name), testkit, outsideWorld),
      },
      { files: [`packages/${name}/src/**/*.test.ts`], rules: forbid(intoAnotherPackage, siblingsOf(name)) },
    ]),
    { files: ['apps/trader/src/**'], rules: { ...forbid(intoAnotherPackage, testkit), ...timeOfTheApp } },
    {
      files: ['apps/trader/src/runtime/{set-timer,system-runtime}.ts', 'apps/trader/src/**/*.test.ts'],
      rules: { 'no-restricted-globals': 'off', 'no-restricted-properties': 'off' },
    },
    { files: pureIn('trader', 'apps'), rules: forbid(intoAnotherPackage, testkit, outsideWorld) },
    { files: ['apps/trader/src/**/*.test.ts'], rules: forbid(intoAnotherPackage) },
    {
      files: ['apps/dashboard/**'],
      rules: forbid(intoAnotherPackage, {
        regex: '^@trader/(health|market-discovery|orderbook-client|session-store|exchange-simulator)|^trader$',
        message: 'The page knows the trader by what it answers alone.',
      }),
    },
    // An element that JSX fills in by its `ref`.
    { files: ['apps/dashboard/**/*.tsx'], rules: { 'no-unassigned-vars': 'off' } },
    // What these test is how the runner takes tests that end badly.
    {
      files: ['tooling/scripts/test/made-up/**'],
      rules: { 'vitest/expect-expect': 'off', 'vitest/no-disabled-tests': 'off' },
    },
    { files: ['tooling/scripts/**', '**/bench/**', '**/examples/**'], rules: { 'no-console': 'off' } },
  ],
});
