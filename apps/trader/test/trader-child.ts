// A trader as a process of its own, to be killed: the program's `run` with its settings as one JSON argument, so that a test
// can shorten leases, which the command line does not offer.
import { TraderError, messageOf } from '../src/errors.ts';
import { createLog } from '../src/log/log.ts';
import { record } from '../src/cli/record.ts';
import type { ChildOptions } from './running-trader.ts';

// The wall clock is set for this process alone.
let aheadMs = 0;
const now = Date.now.bind(Date);
Date.now = () => now() + aheadMs;
process.on('message', ({ byMs }: { readonly byMs: number }) => void (aheadMs += byMs));
process.channel?.unref();

const { feed, database, recorder, holdDownMs, drainMs, store } = JSON.parse(process.argv[2]!) as ChildOptions;
const open = { tokenFile: null, tls: null, allowedHosts: [], allowedOrigins: [] };
const http = { host: '127.0.0.1', port: 0, ...open, maxClients: 50, maxConnections: 100 };
const folders = { spool: { dir: 'spool' }, exports: { dir: 'exports' } };
const config = { live: null, channels: {}, connections: 1, database, http, recorder, ...folders };
const settings = { ...config, retention: { maxAgeMs: null }, holdDownMs, drainMs, logLevel: 'info', store } as const;

try {
  await record({ feed, source: 'test', exchange: null }, settings, createLog('info'));
} catch (error) {
  process.stderr.write(`trader: ${messageOf(error)}\n`);
  process.exitCode = 1;
  if (error instanceof TraderError && error.code === 'DRAIN_TIMEOUT') process.exit();
}
