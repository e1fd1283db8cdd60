// What settings demand of each other, beyond what each may be by itself.
import { NAMES_AN_EXCHANGE, SETTINGS, settingOf as setting } from './settings.ts';
import type { Sources } from './sources/sources.ts';
import { isLoopback } from './http-options.ts';

/** Settings that need or exclude each other; asked of what was given, so that it is said beside what the schema refuses. */
export function togetherWrong(sources: Sources): string[] {
  const { tree } = sources;
  const has = (name: string): boolean => tree[name] !== undefined;
  const originOf = (name: string): string => sources.origin([name]) ?? firstInside(name, sources) ?? name;
  const asked = NAMES_AN_EXCHANGE.find(has);
  const problems = openToAll(sources);
  if (asked === undefined) return problems;
  const missing = ['keyId', 'keyFile', ...(has('discovery') ? [] : ['markets'])].filter((name) => !has(name));
  if (missing.length > 0) {
    const named = missing.map((name) => `${setting(name).flag} (${setting(name).env})`).join(', ');
    const orSeries = missing.includes('markets') ? ', or --series or --events instead of a list of markets' : '';
    problems.push(
      `${originOf(asked)}: recording an exchange also needs ${named}${orSeries}. With none of them the built-in simulator is recorded`,
    );
  }
  if (has('markets') && has('discovery')) {
    problems.push(
      `${originOf('discovery')}: discovery and a fixed list of markets exclude each other; ${originOf('markets')} gives the list. Leave one of them out`,
    );
  }
  return problems;
}

/** Of a section that only flags or variables speak of. */
const firstInside = (section: string, sources: Sources): string | null =>
  SETTINGS.filter(({ path }) => path.startsWith(`${section}.`))
    .map(({ path }) => sources.origin(path.split('.')))
    .find((origin) => origin !== null) ?? null;

/** Beyond this machine whoever asks must show that they may. */
function openToAll(sources: Sources): string[] {
  const { host, tokenFile } = (sources.tree['http'] ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof host !== 'string' || isLoopback(host) || tokenFile !== undefined) return [];
  const { flag, example } = setting('http.tokenFile');
  const shown = /^[\w.:[\]-]+$/.test(host) ? `${host} ` : '';
  return [
    `${sources.origin(['http', 'host']) ?? '--host'}: http.host ${shown}can be reached from other machines, so http.tokenFile is needed too. Example: ${flag} ${example}`,
  ];
}
