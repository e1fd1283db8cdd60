// Loaded into every Node of the chain: says which process is which link, and how the trader ended.
import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const folder = process.env.STOP_CHAIN_FOLDER;
const link = { 'npm-cli.js': 'npm', npm: 'npm', 'start.mjs': 'script', 'main.js': 'trader' }[
  basename(process.argv[1] ?? '')
];
if (link) writeFileSync(join(folder, `${link}.pid`), String(process.pid));
if (link === 'trader') process.on('exit', (code) => writeFileSync(join(folder, 'trader.code'), String(code)));
