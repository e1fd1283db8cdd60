import manifest from '../package.json' with { type: 'json' };

/** What is running, for `/status` and the metric `trader_build_info`. */
export const versions = { trader: manifest.version, node: process.versions.node } as const;
