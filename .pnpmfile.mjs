// The npm packages that carry Node's binary state `os` and `cpu` as strings. pnpm reads lists only, and would
// install every platform's binary everywhere; lists in the lockfile make it install one.
const asList = (value) => (typeof value === 'string' ? [value] : value);

export const hooks = {
  readPackage(manifest) {
    if (/^node-(bin-)?(darwin|linux|win)-/.test(manifest.name ?? '')) {
      manifest.os = asList(manifest.os);
      manifest.cpu = asList(manifest.cpu);
    }
    // It writes types with the compiler's API, which TypeScript 7 does not have.
    if (manifest.name === 'openapi-typescript') {
      delete manifest.peerDependencies.typescript;
      manifest.dependencies.typescript = '6.0.3';
    }
    return manifest;
  },
};
