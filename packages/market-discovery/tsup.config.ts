import { bundle } from '@trader/tsup-config';

export default bundle({ index: 'src/index.ts' });
