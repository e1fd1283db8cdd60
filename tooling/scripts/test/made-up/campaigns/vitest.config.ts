import { campaignProject } from '@trader/vitest-config';

export default campaignProject({ test: { root: import.meta.dirname + '/..' } });
