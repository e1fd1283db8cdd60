// The HTTP side alone, over a trader that stands still: for what depends on who asks and not on what is told.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createHealthTracker } from '@trader/health';
import { temporaryFolder } from '@trader/testkit';
import { initialCoordinator } from '../src/coordinator/step.ts';
import { EventLog, type TraderEvent } from '../src/event-log.ts';
import type { HttpOptions } from '../src/config/http-options.ts';
import type { Page } from '../src/http/page/read-page.ts';
import { startHttpServer } from '../src/http/server.ts';
import { createLog, type Log } from '../src/log/log.ts';
import type { TraderView } from '../src/status.ts';

export type ServedFiles = { readonly token?: string; readonly cert?: string; readonly key?: string };

/** What is not to stand still. */
export type Shown = {
  readonly log?: Log;
  readonly alter?: (view: TraderView) => TraderView;
  readonly page?: Page | null;
};

/** @param files written to a folder, and given as options by path */
export async function serveView(
  options: Omit<HttpOptions, 'port'> = {},
  files: ServedFiles = {},
  { log = createLog('silent'), alter = (view) => view, page = null }: Shown = {},
) {
  using folder = temporaryFolder('trader-http-');
  const write = (name: string, text: string): string => {
    const path = join(folder.path, name);
    writeFileSync(path, text);
    return path;
  };
  using health = createHealthTracker({ components: { feed: { critical: true } } });
  const view: TraderView = {
    uptimeMs: 0,
    coordinator: initialCoordinator(Date.now()),
    transitions: [],
    continues: null,
    lifetime: null,
    health: health.snapshot(),
    client: null,
    session: null,
    recorder: null,
    leaseLeftMs: null,
    diskFreeBytes: null,
    unknownMarkets: [],
    descriptions: () => [],
    discovery: null,
    store: {
      state: 'closed',
      failures: [],
      lastRecordAtMs: null,
      written: { batches: 0, records: 0, bytes: 0, recovered: 0, setAside: 0, maintenanceFailures: 0 },
    },
    backlog: null,
    sessionStore: null,
    unreadable: [],
    droppedLogLines: 0,
    reload: null,
    source: 'nothing',
    database: 'nowhere',
  };
  const events = new EventLog();
  const { token, cert, key } = files;
  const server = await startHttpServer(
    {
      ...options,
      port: 0,
      ...(token !== undefined && { tokenFile: write('token', token) }),
      ...(cert !== undefined && { tls: { certFile: write('cert', cert), keyFile: write('key', key ?? '') } }),
    },
    { view: () => alter(view), events, page, log },
  );
  return {
    server,
    events,
    base: new URL(server.url).origin,
    [Symbol.asyncDispose]: () => server.close(),
  };
}

/** Something that happened, of any length. */
export const happening = (reason: string): TraderEvent => ({
  type: 'health',
  component: 'feed',
  from: 'healthy',
  to: 'degraded',
  reason,
  atMs: Date.now(),
});
