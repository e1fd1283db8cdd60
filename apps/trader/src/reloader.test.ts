import { describe, expect, test, vi } from 'vitest';
import type { ReadSettings, ReloadableParts, SettingValue } from './config/reload/decide-reload.ts';
import { SETTINGS } from './config/settings.ts';
import { TraderError } from './errors.ts';
import { createLog, type Log } from './log/log.ts';
import type { LogLevel } from './log/log-levels.ts';
import { Reloader } from './reloader.ts';

const settings = (logLevel: LogLevel, markets: readonly string[] = []): ReadSettings => {
  const given: Readonly<Record<string, SettingValue>> = { logLevel, markets };
  const parts: ReloadableParts = { markets: { markets }, key: null, token: null, certificate: null, log: logLevel };
  const each = Object.fromEntries(SETTINGS.map(({ path }) => [path, { value: given[path] ?? null, content: null }]));
  return { each, parts, isExposed: false };
};

function reloading(
  read: () => ReadSettings,
  apply: () => Promise<void> = async () => undefined,
  level: LogLevel = 'info',
) {
  const lines: { readonly level: string; readonly msg: string; readonly code?: string }[] = [];
  const log: Log = createLog(level, { destination: { write: (line) => void lines.push(JSON.parse(line) as never) } });
  const reloader = new Reloader({ present: settings(level), read, apply, log });
  const counts = (expected: object) =>
    vi.waitFor(() => expect(reloader.view.counts).toMatchObject(expected), { timeout: 30_000 });
  return { reloader, lines, log, counts };
}

describe('what is asked for', () => {
  test('waits until there is something to change, and while a reload is under way; none is lost, and the last one wins', async () => {
    let latest = settings('info', ['KXA']);
    const steps: string[] = [];
    const gates: (() => void)[] = [];
    const { reloader, counts, lines } = reloading(
      () => {
        steps.push('read');
        return latest;
      },
      () => {
        steps.push('begin');
        return new Promise<void>((resolve) => void gates.push(resolve)).then(() => void steps.push('end'));
      },
    );
    reloader.ask();
    expect(steps).toEqual([]);
    reloader.begin();
    expect(steps).toEqual(['read', 'begin']);
    for (const market of ['KXB', 'KXC', 'KXD']) {
      latest = settings('info', [market]);
      reloader.ask();
    }
    gates[0]!();
    await vi.waitFor(() => expect(gates).toHaveLength(2), { timeout: 30_000 });
    gates[1]!();
    await counts({ applied: 2 });
    expect(steps).toEqual(['read', 'begin', 'end', 'read', 'begin', 'end']);
    expect(lines.at(-1)?.msg).toBe('settings reloaded: markets: +KXD -KXA');
  });

  test('changes nothing when the settings are wrong, and the next one is compared with what was before', async () => {
    let isWrong = true;
    const { reloader, counts, lines } = reloading(() => {
      if (isWrong) throw new TraderError('CONFIG_INVALID', 'one\ntwo');
      return settings('info', ['KXA']);
    });
    const { goodAtMs } = reloader.view;
    reloader.begin();
    reloader.ask();
    await counts({ refused: 1 });
    expect(lines).toMatchObject([
      { level: 'error', code: 'CONFIG_INVALID', msg: expect.stringMatching(/: one; two$/) },
    ]);
    expect(reloader.view).toMatchObject({ last: 'refused', goodAtMs });
    isWrong = false;
    reloader.ask();
    await counts({ applied: 1 });
    expect(lines.at(-1)?.msg).toBe('settings reloaded: markets: +KXA');
  });

  test('is tried whole again after it could not be brought about', async () => {
    let fails = true;
    const apply = async () => {
      if (fails) throw new Error('no');
    };
    const { reloader, counts, lines } = reloading(() => settings('info', ['KXA']), apply);
    reloader.begin();
    reloader.ask();
    await counts({ failed: 1 });
    expect(lines).toMatchObject([{ level: 'error', code: 'UNEXPECTED' }]);
    fails = false;
    reloader.ask();
    await counts({ applied: 1 });
  });
});

test.each([
  ['info', 'warn'],
  ['warn', 'info'],
  ['info', 'silent'],
  ['silent', 'debug'],
] as const)('a change of the log level from %s to %s is told at whichever says more', async (from, to) => {
  const { reloader, counts, lines, log } = reloading(() => settings(to), undefined, from);
  reloader.begin();
  reloader.ask();
  await counts({ applied: 1 });
  expect(lines.map(({ msg }) => msg)).toEqual([`settings reloaded: logLevel: ${from} → ${to}`]);
  expect(log.level).toBe(to);
});
