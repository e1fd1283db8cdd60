// All that the settings came to, with what is in the files that they name: what a reload compares.
import { parsePostgresUrl } from '@trader/session-store';
import type { Database, LiveConfig } from '../config-types.ts';
import { settingValues } from '../effective-config.ts';
import { isLoopback, resolveHttpOptions } from '../http-options.ts';
import type { LoadedConfig } from '../load-config.ts';
import { SETTINGS } from '../settings.ts';
import type { ReadSettings, SettingValue } from './decide-reload.ts';

/** @throws {TraderError} `CONFIG_INVALID` for a token or certificate that cannot be used */
export function readSettings(loaded: LoadedConfig): ReadSettings {
  const { live, database, http, logLevel } = loaded.config;
  const { token, tls } = resolveHttpOptions(http);
  const contents: Readonly<Record<string, string | null>> = {
    keyFile: live?.privateKeyPem ?? null,
    databasePasswordFile: passwordOf(database),
    'http.tokenFile': token,
    'http.tls.certFile': tls?.cert ?? null,
    'http.tls.keyFile': tls?.key ?? null,
  };
  const valueOf = settingValues(loaded);
  return {
    each: Object.fromEntries(
      SETTINGS.map(({ path }) => {
        const value = (valueOf(path) ?? null) as SettingValue;
        return [path, { value, content: contents[path] ?? null }];
      }),
    ),
    parts: {
      markets: live && marketsOf(live),
      key: live && { keyId: live.keyId, privateKeyPem: live.privateKeyPem },
      token,
      certificate: tls,
      log: logLevel,
    },
    isExposed: !isLoopback(http.host),
  };
}

const marketsOf = ({ markets, discovery, restUrl }: LiveConfig): ReadSettings['parts']['markets'] => ({
  markets,
  ...(discovery && { discovery: { restUrl, rules: discovery } }),
});

/** Of a file; one in the URL is a part of that setting. */
function passwordOf(database: Database): string | null {
  const url = 'url' in database ? parsePostgresUrl(database.url) : null;
  return url && 'password' in url ? url.password : null;
}
