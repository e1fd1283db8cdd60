import { expect, test } from 'vitest';
import { migrationText, stateText } from './db-migrate.ts';

test.each([
  [{ from: 20, to: 20, applied: 0 }, 'up to date, version 20'],
  [{ from: 10, to: 20, applied: 1 }, 'brought from version 10 to 20 (1 step)'],
  [{ from: null, to: 20, applied: 2 }, 'made, version 20 (2 steps)'],
])('%j reads: %s', (migration, text) => expect(migrationText(migration)).toBe(text));

test.each([
  [{ version: 20, known: 20 }, 'up to date, version 20'],
  [
    { version: 10, known: 20 },
    'version 10, and this program brings it to 20: trader db migrate, or the next start, does',
  ],
  [{ version: 30, known: 20 }, 'version 30, and this program knows 20: use a newer program'],
  [{ version: null, known: 20 }, 'no tables yet; this program makes them in version 20'],
])('%j reads: %s', (state, text) => expect(stateText(state)).toBe(text));
