// The image's health check: ends with 0 if this container's trader answers /livez with 200. Port and TLS come from the
// environment, as in compose.yaml; a trader.yaml that sets them needs a health check of its own.
import { get } from 'node:http';
import { get as getOverTls } from 'node:https';

const { TRADER_PORT = '', TRADER_TLS_CERT_FILE } = process.env;
// Beside a service named "trader" Kubernetes puts tcp://… there, which the trader ignores, too.
const port = /^\d+$/.test(TRADER_PORT) ? TRADER_PORT : '7070';
const options = { host: '127.0.0.1', port, path: '/livez', timeout: 4_000, agent: false };

// It asks itself and sends nothing secret, so the certificate's name does not matter.
const request = TRADER_TLS_CERT_FILE ? getOverTls({ ...options, rejectUnauthorized: false }) : get(options);
request
  .once('response', (response) => {
    process.exitCode = response.statusCode === 200 ? 0 : 1;
    response.resume();
  })
  .once('timeout', () => request.destroy(new Error(`no answer within ${options.timeout} ms`)))
  .once('error', (error) => {
    process.stderr.write(`/livez: ${error.message}\n`);
    process.exitCode = 1;
  });
