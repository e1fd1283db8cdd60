import { campaignProject } from '@trader/vitest-config';

export default campaignProject({ test: { globalSetup: 'test/global-setup.ts' } });
