// For `node --import`: a process that is over in seconds spends a tenth of its time on optimizing code that it hardly runs again.
import v8 from 'node:v8';

v8.setFlagsFromString('--no-turbofan');
