import { describe, expect, test } from 'vitest';
import { isServiceLink } from './service-links.ts';
import { SETTINGS } from '../settings.ts';
import { loadConfig } from '../load-config.ts';
import { messageOf } from '../../errors.ts';

/** As Kubernetes has them for a service named "trader", and for two others. */
const KUBERNETES = {
  TRADER_SERVICE_HOST: '10.0.0.1',
  TRADER_SERVICE_PORT: '7070',
  TRADER_SERVICE_PORT_HTTP: '7070',
  TRADER_PORT: 'tcp://10.0.0.1:7070',
  TRADER_PORT_7070_TCP: 'tcp://10.0.0.1:7070',
  TRADER_PORT_7070_TCP_PROTO: 'tcp',
  TRADER_PORT_7070_TCP_PORT: '7070',
  TRADER_PORT_7070_TCP_ADDR: '10.0.0.1',
  // One letter from a setting.
  TRADER_S_PORT: 'udp://10.0.0.2:7070',
  TRADER_S_SERVICE_HOST: '10.0.0.2',
  TRADER_HOST_SERVICE_PORT: '80',
};
/** As Docker has them for a container that is linked as "trader". */
const DOCKER = {
  TRADER_NAME: '/web/trader',
  TRADER_PORT: 'tcp://172.17.0.2:7070',
  TRADER_PORT_7070_TCP: 'tcp://172.17.0.2:7070',
  TRADER_ENV_NODE_ENV: 'production',
};

const load = (flags: Record<string, unknown>, environment: NodeJS.ProcessEnv) =>
  loadConfig(flags, environment, { directory: '/nowhere' });

describe('variables that a platform puts there', () => {
  test.each([
    ['Kubernetes', KUBERNETES],
    ['Docker', DOCKER],
  ])('are no settings, and the one that has a name of ours is told of: %s', (_name, environment) => {
    const { config, sources } = load({}, environment);
    expect(config.http).toMatchObject({ host: '127.0.0.1', port: 7070 });
    expect(sources.notices).toEqual([
      expect.stringMatching(
        /^TRADER_PORT is ignored: tcp:\S+ is the address of a service named "trader".*enableServiceLinks: false.*--port/,
      ),
    ]);
  });

  test('do not win over what is given', () => {
    expect(load({ port: '0' }, KUBERNETES).config.http.port).toBe(0);
  });

  test('are not every TRADER_PORT: a number is ours, and anything else is a mistake', () => {
    expect(load({}, { TRADER_PORT: '8080' })).toMatchObject({
      config: { http: { port: 8080 } },
      sources: { notices: [] },
    });
    expect(() => load({}, { TRADER_PORT: 'http://x:1' })).toThrow('TRADER_PORT: http.port must be a whole number');
    expect(() => load({}, { TRADER_PORTS: '8080' })).toThrow('Did you mean TRADER_PORT?');
  });

  test('are never settings with values as people give them', () => {
    for (const { env, example } of SETTINGS) expect(isServiceLink(env, example), env).toBe(false);
  });

  test('leave a mistake beside them a mistake', () => {
    let said = '';
    try {
      load({}, { ...KUBERNETES, TRADER_LOG_LEVEL: 'loud' });
    } catch (error) {
      said = messageOf(error);
    }
    expect(said).toMatch(/^TRADER_LOG_LEVEL: logLevel must be one of [^\n]*$/);
  });
});
