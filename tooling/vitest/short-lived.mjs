// For `node --import`: a process that is over in seconds spends a tenth of its time on optimizing code that it hardly runs again.
// The embedded database is WebAssembly: V8 optimizes it by flags of its own, and without them a process that opens one takes
// two thirds of the time.
import v8 from 'node:v8';

v8.setFlagsFromString('--no-turbofan');
v8.setFlagsFromString('--no-wasm-tier-up');
v8.setFlagsFromString('--no-wasm-dynamic-tiering');
