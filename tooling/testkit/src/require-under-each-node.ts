import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const oldestSupported = [22, 18] as const;

/**
 * Loads a built package with `require()` (packages are ESM only, which Node has been able to require since 22.12)
 * under each supported Node that is here: the project's own, those on PATH, and those named in `TRADER_TEST_NODES`.
 *
 * @param file the built entry point
 * @returns the exported names by Node version
 */
export async function requireUnderEachNode(file: string): Promise<Record<string, string[]>> {
  const program = `console.log(JSON.stringify([process.version, Object.keys(require(${JSON.stringify(file)}))]))`;
  const exportsByVersion: Record<string, string[]> = {};
  for (const node of await supportedNodes()) {
    const { stdout } = await execute(node, ['--no-warnings', '--input-type=commonjs', '-e', program]);
    const [version, names] = JSON.parse(stdout) as [string, string[]];
    exportsByVersion[version] = names.toSorted();
  }
  return exportsByVersion;
}

async function supportedNodes(): Promise<string[]> {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const onPath = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, name));
  const named = (process.env['TRADER_TEST_NODES'] ?? '').split(delimiter).filter(Boolean);
  const found = [process.execPath, ...named, ...onPath.filter((path) => existsSync(path))];
  const supported = await Promise.all(
    [...new Set(found)].map(async (node) => ((await isSupported(node)) ? [node] : [])),
  );
  return supported.flat();
}

async function isSupported(node: string): Promise<boolean> {
  const { stdout } = await execute(node, ['-p', 'process.versions.node']);
  const [major = 0, minor = 0] = stdout.trim().split('.').map(Number);
  return major > oldestSupported[0] || (major === oldestSupported[0] && minor >= oldestSupported[1]);
}
