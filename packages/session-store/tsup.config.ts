import { bundle } from '@trader/tsup-config';

// The driver goes into the bundle because it is patched: as a dependency its users would get it without the guard that
// keeps a lost connection from ending the process (docs/decisions/0005-patched-postgres-driver.md).
export default bundle({ index: 'src/index.ts', views: 'src/views.ts' }, { noExternal: ['postgres'], platform: 'node' });
