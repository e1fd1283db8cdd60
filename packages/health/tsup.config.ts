import { bundle } from '@trader/tsup-config';

export default bundle({ index: 'src/index.ts', 'probes/index': 'src/probes/index.ts' });
