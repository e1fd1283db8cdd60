// For `node --import`: a process that is over in seconds spends a sixth of its time on optimizing code that it hardly runs again.
// The embedded database is WebAssembly, which V8 optimizes by flags of its own: a program that opens one takes two thirds of the
// time without. The runner's own processes open many, and optimize it: their statements must not become slower.
import v8 from 'node:v8';

v8.setFlagsFromString('--no-turbofan');
v8.setFlagsFromString('--no-maglev');
if (!process.argv[1]?.includes('/vitest/')) {
  v8.setFlagsFromString('--no-wasm-tier-up');
  v8.setFlagsFromString('--no-wasm-dynamic-tiering');
}
