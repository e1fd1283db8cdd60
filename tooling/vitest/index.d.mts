import type { ViteUserConfig } from 'vitest/config';

export declare const testProject: (overrides?: ViteUserConfig) => ViteUserConfig;
export declare const shortLivedProject: (overrides?: ViteUserConfig) => ViteUserConfig;
export declare const sharedProject: (alone?: readonly string[]) => ViteUserConfig;
export declare const campaignProject: (overrides?: ViteUserConfig) => ViteUserConfig;
