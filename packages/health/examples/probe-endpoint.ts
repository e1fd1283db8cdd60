// A program with /livez and /readyz, a probe of its own event loop, and an orderly end.
// Run it: node examples/probe-endpoint.ts, then open http://127.0.0.1:8080/readyz
import { createServer } from 'node:http';
import { createHealthTracker } from '@trader/health';
import { eventLoopDelayProbe, startProbe } from '@trader/health/probes';

const tracker = createHealthTracker({
  components: {
    feed: { critical: true, unhealthyAfterMs: 2_000 },
    'event-loop': { critical: false, silentAfterMs: 30_000 },
  },
  startupGraceMs: 10_000,
  autoTick: true,
  onTransition: (transition) => {
    const name = transition.scope === 'component' ? transition.component : 'overall';
    console.log(`${name}: ${transition.from} -> ${transition.to} (${transition.reason})`);
  },
});
const probe = startProbe({ tracker, component: 'event-loop', probe: eventLoopDelayProbe() });

const server = createServer((request, response) => {
  const ok = request.url === '/livez' ? tracker.isLive() : tracker.isReady();
  response.writeHead(ok ? 200 : 503, { 'content-type': 'application/json' });
  response.end(JSON.stringify(tracker.snapshot()));
}).listen(Number(process.env['PORT'] ?? 8_080), '127.0.0.1');

setTimeout(() => tracker.observe('feed', { status: 'healthy', reason: 'connected' }), 500).unref();

process.once('SIGINT', () => {
  tracker.drain(); // /readyz says 503 from here on, /livez still says 200
  probe.stop();
  tracker.close();
  server.close();
});
