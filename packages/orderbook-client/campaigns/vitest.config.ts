import { campaignProject } from '@trader/vitest-config';

export default campaignProject();
