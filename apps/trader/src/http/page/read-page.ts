// The files of the dashboard, read once: what is served is of one build, whatever becomes of the folder afterwards.
import { createHash } from 'node:crypto';
import { glob, readFile } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { clauseOf, messageOf } from '../../errors.ts';
import type { Log } from '../../log/log.ts';

export type PageFile = {
  /** Where it is asked for. */
  readonly path: string;
  readonly contentType: string;
  readonly cacheControl: string;
  readonly plain: PageBody;
  /** `null`: packing does not make it smaller. */
  readonly gzip: PageBody | null;
};

type PageBody = { readonly bytes: Buffer; readonly etag: string };

export type Page = readonly PageFile[];

const INDEX = 'index.html';
/** Nothing else in the folder is served. */
const SERVED = [INDEX, 'favicon.svg', 'assets/**/*.*'];

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** The names of assets have a hash of their content in them. */
const FOR_EVER = 'public, max-age=31536000, immutable';
const ASK_EACH_TIME = 'no-cache';

/** Inside the built program; from sources, where the builds of the dashboard and of the trader leave it. */
const BUILT_FOLDERS = (
  import.meta.filename.endsWith('.ts') ? ['../../../../dashboard/dist', '../../../dist/dashboard'] : ['dashboard']
).map((folder) => join(import.meta.dirname, folder));

/** The page that was built. `null`: there is none, or it cannot be read, which is logged. The trader does without. */
export async function readBuiltPage(log: Log): Promise<Page | null> {
  try {
    for (const folder of BUILT_FOLDERS) {
      const page = await readPage(folder);
      if (page) return page;
    }
  } catch (error) {
    const text = `The page cannot be read: ${clauseOf(messageOf(error))}. The trader runs without it; build it anew`;
    log.warn({ code: 'PAGE_UNREADABLE' }, text);
  }
  return null;
}

/** `null`: no page is in the folder, or there is no folder. */
export async function readPage(folder: string): Promise<Page | null> {
  const names: string[] = [];
  for await (const name of glob(SERVED, { cwd: folder })) names.push(name);
  if (!names.includes(INDEX)) return null;
  return Promise.all(
    names.map(async (name) => pageFile(name.split(sep).join('/'), await readFile(join(folder, name)))),
  );
}

async function pageFile(name: string, bytes: Buffer): Promise<PageFile> {
  const packed = await promisify(gzip)(bytes, { level: 9 });
  const hash = createHash('sha256').update(bytes).digest('base64url');
  return {
    path: name === INDEX ? '/' : `/${name}`,
    contentType: CONTENT_TYPES[extname(name)] ?? 'application/octet-stream',
    cacheControl: name.startsWith('assets/') ? FOR_EVER : ASK_EACH_TIME,
    plain: { bytes, etag: `"${hash}"` },
    gzip: packed.length < bytes.length ? { bytes: packed, etag: `"${hash}-gzip"` } : null,
  };
}
