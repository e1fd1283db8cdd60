import { testProject } from '@trader/vitest-config';

export default testProject();
