#!/usr/bin/env node
// The program begins: whatever takes long to load, or needs a newer Node to be loaded at all, comes after what is here.
import { askForReload } from './cli/reload-signal.ts';

// It would end the process.
process.on('SIGUSR2', askForReload);

const OLDEST_NODE = [22, 18] as const;
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])) {
  process.stderr.write(`trader: Node ${OLDEST_NODE.join('.')} or newer is needed; this is ${process.versions.node}\n`);
  process.exit(2);
}

await import('./program.ts');
