// The status page, for programs: JSON over HTTP on loopback.
import Fastify from 'fastify';
import { messageOf, TraderError } from './errors.ts';

/** A running server; `url` is the status page's. */
export type StatusServer = { readonly url: string; close(): Promise<void> };

const HOST = '127.0.0.1';

/**
 * @param port 0 for any free one
 * @param status what `/status` answers, asked anew for each request
 * @throws {TraderError} `STATUS_PORT_UNAVAILABLE`
 */
export async function startStatusServer(port: number, status: () => unknown): Promise<StatusServer> {
  const server = Fastify({ logger: false, forceCloseConnections: true });
  server.get('/', (_request, reply) => reply.redirect('/status'));
  server.get('/status', () => status());
  try {
    const address = await server.listen({ host: HOST, port });
    return { url: `${address}/status`, close: () => server.close() };
  } catch (cause) {
    await server.close();
    const inUse = (cause as NodeJS.ErrnoException).code === 'EADDRINUSE';
    const why = inUse ? `port ${port} is in use` : messageOf(cause);
    const text = `--port: ${why}. Choose another one, or 0 for any free port`;
    throw new TraderError('STATUS_PORT_UNAVAILABLE', text, { cause });
  }
}
