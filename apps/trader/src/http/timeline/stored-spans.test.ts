import { expect, test } from 'vitest';
import { storedSpans } from './stored-spans.ts';

test('holes that are too many are counted', async () => {
  const at = new Date(1_000);
  const session = {
    id: 's',
    recorder: 'r',
    status: 'active',
    started_at: at,
    ended_at: null,
    end_reason: null,
    found: 3,
  };
  const gaps = { session_id: 's', cause: 'sequence', from_at: at, to_at: at, is_open: false, markets: 1, market: 'M' };
  const rows: readonly object[][] = [[session], [{ ...gaps, holes: 2, first_seq: 1, last_seq: 9, holes_found: 50 }]];
  let asked = 0;
  const store = { query: async <T extends object>() => rows[asked++] as unknown as readonly T[] };
  const found = await storedSpans(store, { fromMs: 0, toMs: 2_000 }, 500);
  expect(found).toMatchObject({ sessionsLeftOut: 2, holesLeftOut: 48 });
});
