import { defineConfig, type UserConfig } from 'vite';
import solid from 'vite-plugin-solid';

/** Where a trader listens while the page is worked on. */
const TRADER = process.env['TRADER'] ?? 'http://127.0.0.1:7070';
/** It takes changes from its own pages alone. */
const toTrader = { target: TRADER, changeOrigin: true, headers: { origin: TRADER } };
const paths = [
  'status',
  'sessions',
  'books',
  'markets',
  'history',
  'timeline',
  'coverage',
  'gaps',
  'jobs',
  'faults',
  'openapi.json',
];

const config: UserConfig = defineConfig({
  plugins: [solid()],
  // The content security policy allows no inline script and no inline style.
  build: { target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false }, reportCompressedSize: true },
  server: {
    proxy: {
      ...Object.fromEntries(paths.map((path) => [`/${path}`, toTrader])),
      '/ws': { ...toTrader, ws: true },
    },
  },
});

export default config;
