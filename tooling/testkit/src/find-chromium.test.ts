import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findChromium } from './find-chromium.ts';
import { temporaryFolder } from './temporary-folder.ts';

const CHROME = String.raw`C:\Program Files\Google\Chrome\Application\chrome.exe`;
const MAC = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
const nowhere = { env: { PATH: '/nowhere' }, platform: 'linux', own: '' } as const;

test('the one that is named is taken, though it is not there', () => {
  const named = { PATH: '/bin', CHROMIUM_PATH: '/nowhere/chromium' };
  expect(findChromium({ ...nowhere, env: named, exists: () => true })).toBe('/nowhere/chromium');
});

test("then playwright's own, if its file is there", () => {
  expect(findChromium({ ...nowhere, own: '/own', exists: () => true })).toBe('/own');
  expect(findChromium({ ...nowhere, own: '/own', exists: (path) => path !== '/own' })).toBe('/nowhere/chromium');
});

test('then one on the PATH, Chromium before Chrome', () => {
  using folder = temporaryFolder('chromium-');
  const env = { PATH: `/nowhere:${folder.path}` };
  for (const name of ['google-chrome-stable', 'google-chrome', 'chromium-browser', 'chromium']) {
    const file = join(folder.path, name);
    writeFileSync(file, '');
    chmodSync(file, 0o755);
    expect(findChromium({ ...nowhere, env })).toBe(file);
  }
});

test.each([
  ['darwin', { PATH: '/nowhere' }, MAC],
  ['win32', { PATH: '', PROGRAMFILES: String.raw`C:\Program Files` }, CHROME],
] as const)('then Chrome where %s has it', (platform, env, path) => {
  expect(findChromium({ platform, env, own: '', exists: (place) => place === path })).toBe(path);
  expect(findChromium({ ...nowhere, env, exists: (place) => place === path })).toBeNull();
});

test('or there is none', () => {
  expect(findChromium({ ...nowhere, exists: () => false })).toBeNull();
});
