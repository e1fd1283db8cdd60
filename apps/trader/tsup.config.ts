import { bundle } from '@trader/tsup-config';

export default bundle({ main: 'src/main.ts' });
