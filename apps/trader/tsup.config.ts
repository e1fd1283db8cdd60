import { cp } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { bundle } from '@trader/tsup-config';

/** Built before this one. Its files go into the program's own folder, from where they are served. */
const dashboard = join(createRequire(import.meta.url).resolve('@trader/dashboard/package.json'), '../dist');

export default bundle(
  { main: 'src/main.ts' },
  { onSuccess: async () => cp(dashboard, 'dist/dashboard', { recursive: true }) },
);
