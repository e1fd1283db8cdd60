import { sharedProject } from '@trader/vitest-config';

export default sharedProject();
