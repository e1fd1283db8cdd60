// The dashboard at `/`. Its views are behind the `#`, so there is no other path than those of its files.
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance, FastifyReply, RouteShorthandOptions } from 'fastify';
import type { Refusal } from '../refusal.ts';
import type { Page, PageFile } from './read-page.ts';

/**
 * The page may load and ask nothing but its own server, and nobody may frame it. `require-trusted-types-for` is not among
 * it: Solid makes its elements of templates by `innerHTML`.
 */
const SAFE_HEADERS = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()',
} as const;

const MISSING: Refusal = {
  code: 'PAGE_MISSING',
  message: 'This trader was built without its page. /status says what it does, as JSON; "pnpm build" makes both.',
};

export type PageRoutes = {
  readonly page: Page | null;
  readonly options: RouteShorthandOptions;
  readonly refuse: (reply: FastifyReply, refusal: Refusal) => FastifyReply;
};

export function definePage(server: FastifyInstance, { page, options, refuse }: PageRoutes): void {
  if (!page) return void server.get('/', options, (_request, reply) => refuse(reply, MISSING));
  for (const file of page) {
    server.get(file.path, options, ({ headers }, reply) => send(reply, file, headers));
  }
}

function send(
  reply: FastifyReply,
  { contentType, cacheControl, plain, gzip }: PageFile,
  asked: IncomingHttpHeaders,
): FastifyReply {
  const body = (takesGzip(asked['accept-encoding'] ?? '') && gzip) || plain;
  reply.headers({ ...SAFE_HEADERS, 'cache-control': cacheControl, etag: body.etag });
  if (gzip) reply.header('vary', 'accept-encoding');
  if (hasAlready(asked['if-none-match'], body.etag)) return reply.code(304).send();
  if (body === gzip) reply.header('content-encoding', 'gzip');
  return reply.type(contentType).send(body.bytes);
}

const takesGzip = (accepted: string): boolean =>
  accepted.split(',').some((each) => /^\s*gzip\s*(;|$)/i.test(each) && !/;\s*q=0(\.0*)?\s*$/i.test(each));

const hasAlready = (tags: string | undefined, etag: string): boolean =>
  tags?.split(',').some((tag) => ['*', etag].includes(tag.trim().replace(/^W\//, ''))) ?? false;
