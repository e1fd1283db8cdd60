// The recorded Kalshi traffic is third-party material that lives outside the repository. Tests that need it run where
// it is, and say by name that they were skipped where it is not.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const beside = fileURLToPath(new URL('../../../../shared/kalshi/captures', import.meta.url));

/** The captures' folder: `TRADER_CAPTURES`, or the `shared` folder beside the checkout. It may not exist. */
export const capturesFolder: string = process.env['TRADER_CAPTURES'] ?? beside;

/**
 * Where a capture is, and whether it is there: `describe.skipIf(mlb.missing)(mlb.title('plays the MLB capture'), …)`.
 *
 * @param path file or folder below {@link capturesFolder}
 */
export function captures(path: string): { path: string; missing: boolean; title: (name: string) => string } {
  const full = join(capturesFolder, path);
  const missing = !existsSync(full);
  return { path: full, missing, title: (name) => (missing ? `${name} (skipped: no recorded captures here)` : name) };
}
