// The Dockerfile, as far as that can be told without an engine: it is well formed, what it copies is there, nothing secret
// gets in, and what it starts does not run as root.
import { spawnSync } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { validate } from 'dockerfile-utils';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { fromContext, isInContext, read, repository, said, saidBy, stages } from './dockerfile.ts';

const all = stages();
const image = all.at(-1)!;
const manifest = (folder: string) =>
  JSON.parse(read(`${folder}package.json`)) as { packageManager?: string; bin?: Record<string, string> };

describe('Dockerfile', () => {
  test('is taken by a checker that knows what the builder refuses', () => {
    expect(validate(read('Dockerfile')).map(({ message }) => message)).toEqual([]);
  });

  test('builds on and ships the Node that everything is tested on', () => {
    const { nodeVersion } = parse(read('pnpm-workspace.yaml')) as { nodeVersion: string };
    expect(read('Dockerfile').split('\n')).toContain(`ARG NODE_VERSION=${nodeVersion}`);
    for (const stage of all) expect(saidBy(stage[0]!)).toMatch(/^node:\$\{NODE_VERSION\}-slim( AS \w+)?$/);
  });

  test('copies what is there, and is let in', () => {
    const copied = all.flat().flatMap(fromContext);
    expect(copied).toContain('ops/container/livez.mjs');
    for (const path of copied.filter((path) => path !== '.')) {
      expect(existsSync(new URL(path, repository)), path).toBe(true);
      expect(isInContext(path), path).toBe(true);
    }
  });

  test('lets in what the build reads', () => {
    const wanted = ['{packages,apps,tooling}/*/package.json', 'packages/*/src/index.ts', 'packages/*/tsup.config.ts'];
    const page = ['apps/dashboard/{index.html,vite.config.ts}', 'apps/dashboard/{public,src}/**/*.{svg,tsx}'];
    const files = globSync([...wanted, ...page, 'packages/*/migrations/*', 'tooling/{tsconfig,tsup}/*', 'patches/*'], {
      cwd: fileURLToPath(repository),
    }).filter((path) => !path.endsWith('node_modules'));
    const roots = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', '.pnpmfile.mjs', 'apps/trader/src/main.ts'];
    expect(files.length).toBeGreaterThan(20);
    expect([...roots, ...files].filter((path) => !isInContext(path))).toEqual([]);
  });

  test.each([
    'ops/secrets/http-token',
    'ops/secrets/kalshi.pem',
    'kalshi.pem',
    'apps/trader/kalshi.pem',
    'packages/session-store/some/server.key',
    '.env',
    'apps/trader/.env.production',
    'trader.yaml',
    'apps/trader/trader.yaml',
    'data/base/1',
    'apps/trader/spool/mark',
    '.git/config',
    'packages/health/node_modules/x/index.js',
    'apps/trader/dist/main.js',
  ])('keeps %s out', (path) => {
    expect(isInContext(path)).toBe(false);
  });

  test('installs from the frozen lockfile, without install scripts', () => {
    const installs = all
      .flat()
      .map(saidBy)
      .filter((line) => /\bpnpm (install|.*deploy)\b/.test(line));
    expect(installs).toHaveLength(2);
    expect(installs[0]).toContain('--frozen-lockfile');
    for (const line of installs) expect(line).toContain('--ignore-scripts');
  });

  test('has no secret and no setting of the trader in it', () => {
    for (const stage of all) {
      expect(said(stage, 'ARG')).toEqual([]);
      for (const line of said(stage, 'ENV')) expect(line).not.toMatch(/TRADER_|TOKEN|PASSWORD|SECRET|KEY/i);
    }
  });

  test('runs the program as itself, not as root and not through a shell', () => {
    expect(said(image, 'USER')).toEqual(['1000:1000']);
    expect(JSON.parse(said(image, 'ENTRYPOINT')[0]!)).toEqual([
      'node',
      `/app/${manifest('apps/trader/').bin!['trader']}`,
    ]);
    expect(JSON.parse(said(image, 'CMD')[0]!)).toEqual(['run']);
    expect(said(image, 'STOPSIGNAL')).toEqual(['SIGTERM']);
    const [check] = said(image, 'HEALTHCHECK');
    expect(JSON.parse(check!.slice(check!.indexOf('[')))).toEqual(['node', '/app/livez.mjs']);
  });

  test('keeps its data in a volume that is made for that user', () => {
    expect(said(image, 'VOLUME')).toEqual(['/data']);
    expect(said(image, 'WORKDIR')).toEqual(['/data']);
    expect(said(image, 'RUN')).toEqual(['install --directory --owner=1000 --group=1000 --mode=0750 /data']);
  });
});

test('a folder that is made secret by make-secrets.sh holds nothing that git would take', () => {
  const { stdout } = spawnSync('git', ['ls-files', 'ops/secrets'], { cwd: repository, encoding: 'utf8' });
  expect(stdout.split('\n').filter((path) => path !== '' && !path.endsWith('/.gitignore'))).toEqual([]);
  expect(read('ops/secrets/.gitignore')).toMatch(/^\*$/m);
});
