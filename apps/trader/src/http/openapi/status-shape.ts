// What `/status` answers, as the OpenAPI document describes it. Counters of the parts grow with them: those that are named here
// are there, and others may be.
import { z } from 'zod';

const count = z.int();
const timeMs = z.int().describe('Ms since the epoch.');
const durationMs = z.number();

const state = z.enum(['startup', 'initializing', 'orderbook_connect', 'ready', 'standby', 'error', 'shutdown']);

export const unreadable = z.array(z.strictObject({ part: z.string(), reason: z.string() }));

const counters = z.strictObject({
  messages: count,
  snapshots: count,
  deltas: count,
  trades: count,
  raw: count,
  facts: count,
  gaps: count,
  shed: count,
});

const componentStatus = z.enum(['unknown', 'healthy', 'degraded', 'unhealthy']);

const component = z.strictObject({
  component: z.string(),
  critical: z.boolean(),
  status: componentStatus,
  reason: z.string(),
  sinceMs: timeMs.describe('Since when this status.'),
});

const wait = z.strictObject({
  name: z.enum([
    'start',
    'store-opening',
    'store-retry',
    'feed',
    'session-opening',
    'session-retry',
    'takeover',
    'session-end',
    'health',
    'drain',
  ]),
  owner: z.enum(['process', 'store', 'feed', 'health', 'coordinator']),
  sinceMs: durationMs,
  untilMs: durationMs.describe('Then it is looked at again.'),
  overdue: count.describe('Time limits that passed so far.'),
});

const refusal = z.strictObject({
  what: z.enum(['store', 'session']),
  code: z.string(),
  reason: z.string(),
  count: count.describe('In a row.'),
  sinceMs: durationMs.describe('Of the first one.'),
});

const phase = z.enum(['idle', 'connecting', 'subscribing', 'live', 'waiting', 'closed']);

const connection = z.looseObject({
  phase,
  epoch: count,
  wanted: count,
  synced: count,
  sid: count.nullable(),
  seq: count.nullable(),
  pendingCommands: count,
  serverPingAtMs: z.number().nullable(),
});

const feed = z.looseObject({
  phase,
  epoch: count.describe('Sockets that were opened so far.'),
  wanted: count.describe('Markets.'),
  synced: count.describe('Of those, the ones whose books are right.'),
  stale: z.record(z.string(), count).nullable().describe('Books that are not right, by the reason.'),
  underRepair: count.nullable(),
  clockSkewMs: z.number().nullable(),
  connections: z.array(connection),
  counters: z.looseObject({
    frames: count,
    snapshots: count,
    deltas: count,
    gaps: count,
    duplicates: count,
    violations: count,
    desyncs: count,
    audited: count,
    repairs: count,
    epochs: count,
  }),
});

const recorder = z.looseObject({
  waiting: count.describe('Records kept for the session that is being opened.'),
  unrecorded: count.describe('Records that no session took.'),
  letGo: count,
  refused: count,
  pauses: count,
  reading: z.enum(['read', 'paused', 'catching-up']),
  unreadCause: z.enum(['STORE_BEHIND', 'WAITING_FOR_SESSION']).nullable(),
  unreadMs: durationMs,
});

const marketAndReason = z.array(z.strictObject({ market: z.string(), reason: z.string() }));

const discovery = z.looseObject({
  roll: z.enum(['unknown', 'empty', 'open']),
  wanted: count,
  markets: count.describe('Whose books are kept.'),
  questions: count,
  refused: count,
  refusals: marketAndReason.describe('The first 20.'),
  problem: z.string().nullable(),
  problemCode: z.string().nullable(),
  listings: count,
  listingFailures: count,
});

const backlog = z.strictObject({
  queuedRecords: count,
  queuedBytes: z.number(),
  spooledRecords: count.nullable().describe('Null: there is no spool.'),
  spooledBytes: z.number().nullable(),
  spoolLimitBytes: z.number().nullable(),
  oldestAtMs: timeMs.nullable(),
  oldestAgeMs: z.int().nullable().describe('Null: the database has every record.'),
});

const reload = z.enum(['applied', 'unchanged', 'refused', 'failed']);

const transition = z.strictObject({
  from: state,
  to: state,
  cause: z.string(),
  atMs: timeMs,
  lastedMs: durationMs.describe('How long the state before lasted.'),
  kind: z.enum(['first-start', 'recovery']).nullable(),
  outageMs: durationMs.nullable(),
  unhealthy: z.array(z.strictObject({ component: z.string(), status: componentStatus, reason: z.string() })),
  sessionClosed: z.string().nullable(),
  sessionOpened: z.string().nullable(),
  counters: counters.nullable().describe('Of the session that is, or was until now, recorded into.'),
  lifetime: counters.nullable(),
});

const level = z.tuple([z.string(), z.string()]).nullable();

export const statusShape = z.strictObject({
  state,
  since: z.iso.datetime(),
  cause: z.string(),
  ready: z.boolean(),
  draining: z.boolean(),
  waitingFor: wait.nullable(),
  refusal: refusal.nullable().describe('What the store refused, and is asked for again.'),
  todo: z.string().nullable().describe('What somebody is to do, in a sentence; null when ready.'),
  standbyFor: z.strictObject({ sessionId: z.string(), owner: z.string() }).nullable(),
  uptimeMs: z.int(),
  versions: z.strictObject({ trader: z.string(), node: z.string() }),
  source: z.string(),
  database: z.string(),
  session: z
    .looseObject({
      id: z.string(),
      recorder: z.string(),
      startedAtMs: timeMs,
      continues: z.string().nullable().describe('The session that this one goes on from.'),
      ...counters.partial().shape,
    })
    .nullable(),
  lifetime: counters.nullable().describe("The recorder's over all its sessions; null until the database has said."),
  feed: feed.nullable(),
  recorder: recorder.nullable(),
  unknownMarkets: marketAndReason.describe('That somebody named; the first 20.'),
  discovery: discovery.nullable().describe('Null: markets are not searched for.'),
  store: z.string().describe('closed, writing, or failing with codes.'),
  storeFailures: z.array(z.strictObject({ part: z.enum(['spool', 'database']), code: z.string(), sinceMs: timeMs })),
  leaseLeftMs: z.number().nullable(),
  diskFreeBytes: z.number().nullable(),
  backlog: backlog.nullable().describe('What the database does not have yet.'),
  written: z.strictObject({
    batches: count,
    records: count,
    bytes: z.number(),
    recovered: count,
    setAside: count,
    maintenanceFailures: count,
  }),
  log: z.strictObject({ droppedLines: count }),
  reload: z
    .strictObject({
      counts: z.strictObject({ applied: count, unchanged: count, refused: count, failed: count }),
      last: reload.nullable(),
      goodAtMs: timeMs,
      needsRestart: z.array(z.string()),
    })
    .nullable(),
  health: z.strictObject({
    status: z.enum(['starting', 'healthy', 'degraded', 'unhealthy', 'draining']),
    causes: z.array(component),
    components: z.array(component),
  }),
  unreadable,
  transitions: z.array(transition),
  books: z.array(
    z.strictObject({
      market: z.string(),
      synced: z.boolean(),
      staleReason: z.string().nullable(),
      yesBid: level,
      yesAsk: level,
    }),
  ),
});
