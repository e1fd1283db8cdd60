import { bundle } from '@trader/tsup-config';

export default bundle({ index: 'src/index.ts', cli: 'src/cli/main.ts' });
