// Of the peers only the order books are run. What the rest of them needs (SDKs of other exchanges, blockchain clients,
// a test runner) would be installed for nothing.
const needed = { ccxt: [], 'pmxt-core': ['ws'], 'tardis-dev': ['bintrees'] };

export const hooks = {
  readPackage(manifest) {
    const names = needed[manifest.name];
    if (names) {
      manifest.dependencies = Object.fromEntries(names.map((name) => [name, manifest.dependencies[name]]));
      manifest.optionalDependencies = {};
    }
    return manifest;
  },
};
