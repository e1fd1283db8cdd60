import { spanOf } from '../reading/stretch.ts';
import { exportFormats } from './export-formats.ts';
import type { ExportOptions } from './export-records.ts';
import { exportedKinds } from './tables.ts';

/**
 * Looks at what a caller wants before anything is read or written.
 *
 * @throws {TypeError | RangeError} naming what would be right
 */
export function checkExportOptions({ format, what, folder, markets, units, fromMs, toMs }: ExportOptions): void {
  mustBeOneOf('format', format, exportFormats);
  mustBeOneOf('what', what, exportedKinds);
  if (typeof folder !== 'string' || folder === '') throw wrong('folder', 'a path', folder);
  if (markets !== undefined && !Array.isArray(markets)) throw wrong('markets', 'an array of names', markets);
  spanOf({ ...(fromMs !== undefined && { fromMs }), ...(toMs !== undefined && { toMs }) });
  if (units === undefined) return;
  for (const measure of ['price', 'size'] as const) {
    const told = units[measure] as Partial<typeof units.price> | undefined;
    if (typeof told !== 'object') throw wrong(`units.${measure}`, 'a unit with its scale', told);
    const { unit, scale } = told;
    if (typeof unit !== 'string' || unit === '') throw wrong(`units.${measure}.unit`, 'a name', unit);
    if (!Number.isSafeInteger(scale) || scale! < 1)
      throw wrong(`units.${measure}.scale`, 'a whole number from 1 on', scale);
  }
}

function mustBeOneOf(name: string, value: unknown, right: readonly string[]): void {
  if (!right.some((one) => one === value)) throw wrong(name, `one of ${right.join(', ')}`, value);
}

const wrong = (name: string, right: string, value: unknown): TypeError =>
  new TypeError(`${name} must be ${right}, not ${JSON.stringify(value) ?? String(value)}.`);
