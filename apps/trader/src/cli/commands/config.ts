// `trader config`: what every setting came to.
import { loadConfig, type Values } from '../../config/load-config.ts';
import { scrub } from '../../secrets/known-secrets.ts';
import { effectiveConfig, type EffectiveSetting } from '../../config/effective-config.ts';

export function showConfig({ json }: { readonly json: boolean }, flags: Values): void {
  const loaded = loadConfig(flags);
  const settings = effectiveConfig(loaded);
  const { notices } = loaded.sources;
  const source = loaded.config.live ? 'exchange' : 'simulator';
  if (json) {
    process.stdout.write(scrub(`${JSON.stringify({ file: loaded.file, records: source, settings, notices })}\n`));
    return;
  }
  const ignored = notices.map((notice) => `\n${notice}\n`).join('');
  process.stdout.write(scrub(`file: ${loaded.file ?? 'none'}\nrecords: the ${source}\n\n${table(settings)}${ignored}`));
}

function table(settings: readonly EffectiveSetting[]): string {
  const rows = settings.map(({ setting, value, origin }) => [setting, text(value), origin] as const);
  const width = (column: 0 | 1): number => Math.min(60, Math.max(...rows.map((row) => row[column].length)));
  const [first, second] = [width(0), width(1)];
  return rows
    .map(([setting, value, origin]) => `${setting.padEnd(first)}  ${value.padEnd(second)}  ${origin}\n`)
    .join('');
}

function text(value: unknown): string {
  if (value === null) return '-';
  if (Array.isArray(value)) return value.length === 0 ? '-' : value.join(',');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
