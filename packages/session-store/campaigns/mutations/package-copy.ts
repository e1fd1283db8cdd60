import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Prepared } from '../../test/global-setup.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const parts = [
  'src',
  'test',
  'migrations',
  'package.json',
  'tsconfig.json',
  'vitest.config.ts',
  'README.md',
  'LICENSE',
];

/** The package's sources and tests in another folder, to be broken there: threads and processes that tests start load them from there too. */
export class PackageCopy {
  readonly folder: string;
  /** For what its tests make, also when they are killed. */
  readonly temporary: string;

  /** @param prepared the server and the folders that its tests use, instead of new ones for each run */
  constructor(folder: string, prepared: Prepared) {
    this.folder = folder;
    this.temporary = join(folder, 'tmp');
    mkdirSync(this.temporary, { recursive: true });
    for (const part of parts) cpSync(join(root, part), join(folder, part), { recursive: true });
    const given = JSON.stringify({ ...prepared, folder: join(this.temporary, 'embedded') });
    this.write('test/global-setup.ts', `export default (project) => project.provide('prepared', ${given});\n`);
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  }

  read(file: string): string {
    return readFileSync(join(this.folder, file), 'utf8');
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.folder, file), text);
  }

  relative(path: string): string {
    return relative(this.folder, path);
  }
}
