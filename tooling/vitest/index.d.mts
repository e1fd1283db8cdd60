import type { ViteUserConfig } from 'vitest/config';

export declare const testProject: (overrides?: ViteUserConfig) => ViteUserConfig;
export declare const campaignProject: (overrides?: ViteUserConfig) => ViteUserConfig;
