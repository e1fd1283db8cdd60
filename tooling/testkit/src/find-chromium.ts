import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

const ON_MACOS = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];
const ON_WINDOWS = String.raw`Google\Chrome\Application\chrome.exe`;

export type ChromiumPlaces = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** Where playwright would put its own. */
  readonly own: string;
  readonly exists?: (path: string) => boolean;
};

/**
 * The browser that there is: that of `CHROMIUM_PATH`, playwright's own, one on the PATH, or Chrome where macOS and Windows have it.
 * Nothing is downloaded. `CHROMIUM_PATH` is not looked at here: a wrong one is to fail, and not to be passed over.
 */
export function findChromium({ env, platform, own, exists = existsSync }: ChromiumPlaces): string | null {
  const named = env['CHROMIUM_PATH'];
  if (named) return named;
  const onPath = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const programs = [env['PROGRAMFILES'], env['PROGRAMFILES(X86)'], env['LOCALAPPDATA']];
  const places = [
    own,
    ...NAMES.flatMap((name) => onPath.map((folder) => join(folder, name))),
    ...(platform === 'darwin' ? ON_MACOS : []),
    ...(platform === 'win32' ? programs.flatMap((folder) => (folder ? [`${folder}\\${ON_WINDOWS}`] : [])) : []),
  ];
  return places.find((place) => place !== '' && exists(place)) ?? null;
}
