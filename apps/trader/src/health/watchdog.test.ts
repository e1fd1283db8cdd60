import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { temporaryFolder } from '@trader/testkit';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createLog } from '../log/log.ts';
import { startWatchdog } from './watchdog.ts';

const patience = { timeout: 30_000, interval: 20 };
let folder: ReturnType<typeof temporaryFolder>;
let stop = (): void => undefined;

beforeEach(() => {
  folder = temporaryFolder('watchdog-');
  vi.stubEnv('PATH', `${folder.path}${delimiter}${process.env['PATH']}`);
});
afterEach(() => {
  stop();
  vi.unstubAllEnvs();
  folder[Symbol.dispose]();
});

/** In the place of systemd's program: it notes where it would have sent what. */
function putNotify(script: string): string {
  const program = join(folder.path, 'systemd-notify');
  writeFileSync(program, `#!/bin/sh\n${script}\n`);
  chmodSync(program, 0o755);
  return join(folder.path, 'said');
}

function start(environment: Parameters<typeof startWatchdog>[0]['environment'], isLive = () => true) {
  const lines: string[] = [];
  const log = createLog('warn', { destination: { write: (line) => void lines.push(line) } });
  stop = startWatchdog({
    environment,
    log,
    isLive,
    status: () => 'error: postgres://me:hunter2@h/x\nWATCHDOG=trigger',
  });
  return lines;
}

const given = { NOTIFY_SOCKET: '/run/systemd/notify', WATCHDOG_USEC: '150000' };

describe('the watchdog of systemd', () => {
  test('is told again and again that the process lives, and what it does, in one line without a secret', async () => {
    const said = putNotify('printf "%s|" "$@" >> "${0%/*}"/said; echo >> "${0%/*}"/said');
    start(given);
    await vi.waitFor(() => {
      const lines = existsSync(said) ? readFileSync(said, 'utf8').trim().split('\n') : [];
      expect(lines.length).toBeGreaterThan(2);
      expect(new Set(lines)).toEqual(new Set(['WATCHDOG=1|STATUS=error: postgres://***@h/x WATCHDOG=trigger|']));
    }, patience);
  });

  test('is told nothing by a process whose event loop was blocked, and the log says so', async () => {
    const said = putNotify('touch "${0%/*}"/said');
    const lines = start(given, () => false);
    await vi.waitFor(() => expect(lines.length).toBeGreaterThan(1), patience);
    expect(lines[0]).toContain('NOT_LIVE');
    expect(existsSync(said)).toBe(false);
  });

  test('that cannot be told is a warning', async () => {
    putNotify('echo no bus >&2; exit 1');
    const lines = start(given);
    await vi.waitFor(() => expect(lines.join('')).toContain('WATCHDOG_FAILED'), patience);
  });

  test.each([
    ['there is none', {}],
    ['it is another process that it waits for', { ...given, WATCHDOG_PID: '1' }],
    ['its time is no time', { ...given, WATCHDOG_USEC: 'soon' }],
  ])('is left alone where %s', async (_, environment) => {
    const said = putNotify('touch "${0%/*}"/said');
    const lines = start(environment, () => false);
    await new Promise(setImmediate);
    expect({ lines, said: existsSync(said) }).toEqual({ lines: [], said: false });
  });
});
