// Reads the Dockerfile and .dockerignore as the tests ask about them.
import { readFileSync } from 'node:fs';
import { DockerfileParser, type Copy, type Instruction } from 'dockerfile-ast';

export const repository = new URL('../../../', import.meta.url);

export const read = (path: string): string => readFileSync(new URL(path, repository), 'utf8');

/** The instructions of each stage, first to last. */
export function stages(): readonly Instruction[][] {
  const found: Instruction[][] = [];
  for (const instruction of DockerfileParser.parse(read('Dockerfile')).getInstructions()) {
    if (instruction.getKeyword() === 'FROM') found.push([]);
    // ARGs before the first FROM belong to no stage.
    found.at(-1)?.push(instruction);
  }
  return found;
}

/** What an instruction says, on one line. */
export const saidBy = (instruction: Instruction): string =>
  (instruction.getArgumentsContent() ?? '').replaceAll(/\\\n\s*/g, '');

/** What the instructions of one keyword say. */
export const said = (stage: readonly Instruction[], keyword: string): readonly string[] =>
  stage.filter((instruction) => instruction.getKeyword() === keyword).map(saidBy);

/** Paths that the instruction copies out of the build context; none if it copies from another stage. */
export function fromContext(instruction: Instruction): readonly string[] {
  const copy = instruction as Copy;
  if (copy.getKeyword() !== 'COPY' || copy.getFromFlag() !== null) return [];
  return copy
    .getArguments()
    .slice(0, -1)
    .map((argument) => argument.getValue());
}

/** Whether .dockerignore lets a path into the build context: the last pattern that names it, or a folder it is in, decides. */
export function isInContext(path: string): boolean {
  const parts = path.split('/');
  const selfAndFolders = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
  let included = true;
  for (const line of read('.dockerignore').split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const pattern = patternOf(line.replace(/^!/, ''));
    if (selfAndFolders.some((candidate) => pattern.test(candidate))) included = line.startsWith('!');
  }
  return included;
}

/** Docker's own kind of glob: unlike a shell's, its `*` matches names that begin with a dot too. */
function patternOf(glob: string): RegExp {
  const source = glob.split('**/').map((part) => part.replaceAll('.', String.raw`\.`).replaceAll('*', '[^/]*'));
  return new RegExp(`^${source.join('(?:.*/)?')}$`);
}
