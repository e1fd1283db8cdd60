import { expect, test } from 'vitest';
import { initialCoordinator } from '../core/coordinator.ts';
import type { TraderView } from '../status.ts';
import { readiness } from './probes.ts';

test('what was refused is among the causes by its code, and by nothing that a database said', () => {
  const reason = 'password authentication failed for user "desk"';
  const refusal = { what: 'store', code: 'DATABASE_REFUSED', reason, count: 3, sinceMs: 0 } as const;
  const coordinator = { ...initialCoordinator(0), phase: 'initializing', cause: 'started', refusal } as const;
  const { status, body } = readiness({ coordinator, health: { causes: [] } } as unknown as TraderView);
  expect(status).toBe(503);
  expect(body.causes).toEqual([
    { component: 'trader', status: 'initializing', reason: 'started' },
    { component: 'store', status: 'refused', reason: 'DATABASE_REFUSED, 3 in a row' },
  ]);
  expect(JSON.stringify(body)).not.toContain('password');
});
