// For `node --import`: a process that is over in seconds spends a sixth of its time on optimizing code that it hardly runs again.
// The embedded database is WebAssembly, which V8 optimizes by flags of its own: what opens one takes two thirds of the time without.
import v8 from 'node:v8';

v8.setFlagsFromString('--no-turbofan');
v8.setFlagsFromString('--no-maglev');
v8.setFlagsFromString('--no-wasm-tier-up');
v8.setFlagsFromString('--no-wasm-dynamic-tiering');
