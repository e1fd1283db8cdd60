// The main entry as bundlers for browsers take it: books and fixed-point functions work where there is no Node.
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { createContext, runInContext } from 'node:vm';
import { selfSigned } from '@trader/testkit';
import { expect, test } from 'vitest';
import { A, delta, snapshot, subscribed } from './scripted-exchange.ts';

type Esbuild = {
  readonly build: (options: object) => Promise<{
    readonly outputFiles: readonly { readonly text: string }[];
    readonly metafile: {
      readonly outputs: Readonly<Record<string, { readonly imports: readonly { readonly path: string }[] }>>;
    };
    readonly warnings: readonly unknown[];
  }>;
};

/** The bundler that builds this package, which tsup brings along. */
const esbuild = createRequire(createRequire(import.meta.url).resolve('tsup'))('esbuild') as Esbuild;

async function bundle(): Promise<string> {
  const { outputFiles, metafile, warnings } = await esbuild.build({
    entryPoints: [fileURLToPath(new URL('../src/index.ts', import.meta.url))],
    bundle: true,
    platform: 'browser',
    format: 'iife',
    globalName: 'client',
    write: false,
    metafile: true,
    logLevel: 'silent',
    outdir: 'out',
    // What a browser has not stays as it is, so that it shows below.
    external: ['node:*'],
  });
  expect(warnings).toEqual([]);
  expect(Object.values(metafile.outputs).flatMap(({ imports }) => imports)).toEqual([]);
  return outputFiles[0]!.text;
}

/** What a page has, as far as this matters; nothing of Node's. */
const page = (): object => {
  const globals = {
    URL,
    AbortSignal,
    AbortController,
    TextDecoder,
    TextEncoder,
    performance,
    setTimeout,
    clearTimeout,
    queueMicrotask,
    structuredClone,
    console,
  };
  return createContext({ ...globals });
};

test('the main entry is bundled for a browser, and imports nothing of Node', async () => {
  const text = await bundle();
  const found = runInContext(
    `${text}; [typeof process, client.formatPrice(client.parsePrice('0.43'))]`,
    page(),
  ) as unknown;
  expect(found).toEqual(['undefined', '0.4300']);
});

test('in a browser a socket and a signer of its own make a client with books', async () => {
  const text = await bundle();
  const frames = [subscribed(1), snapshot(1, A, [['0.4000', '10.00']]), delta(2, A, '0.4100', '1.00')];
  const program = `${text};
    (async () => {
      const made = client.createOrderbookClient({
        url: 'wss://proxy.test/', markets: ['${A}'], credentials: { keyId: 'key', sign: async () => 'signature' },
        openSocket: (url, headers, listener) => {
          setTimeout(() => {
            listener.opened();
            for (const frame of ${JSON.stringify(frames)}) listener.frame(new TextEncoder().encode(JSON.stringify(frame)));
          }, 0);
          return { send() {}, ping() {}, pause() {}, resume() {}, drop() {}, close: async () => {} };
        },
      });
      made.start();
      await made.whenSynced();
      const prices = [made.book('${A}').bestBidPrice('yes'), made.status().phase];
      await made.close();
      return prices;
    })()`;
  expect(await (runInContext(program, page()) as Promise<unknown>)).toEqual([4100, 'live']);
});

test('a key that only Node can read is refused by name in a browser', async () => {
  const text = await bundle();
  const program = `${text}; try { client.createSigner('key', ${JSON.stringify(selfSigned().key)}) } catch (error) { error.code + error.message }`;
  expect(runInContext(program, page())).toMatch(/^KEY_INVALID.*Give a signer/);
});
