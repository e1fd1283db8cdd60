// Writes more lines than its log keeps while nobody reads, says so on standard output, and goes on when it is told to.
import { once } from 'node:events';
import { createLog } from '../src/log/log.ts';
import { standardError } from '../src/log/standard-error.ts';

const log = createLog('info');
for (let n = 0; n < Number(process.argv[2]); n++) log.info({ n }, 'x'.repeat(200));
// The event loop must turn for this to come out.
setTimeout(() => process.stdout.write('written\n'), 1);
await once(process.stdin, 'data');
await standardError.flush(60_000);
log.info('after');
await standardError.flush(60_000);
process.stdin.destroy();
