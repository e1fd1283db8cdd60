// What the mutations need of TypeScript's syntax: nodes by their place in the text, without those that are only types.
import { parseAst } from 'vitest/node';

export type Node = { readonly type: string; readonly start: number; readonly end: number } & Readonly<
  Record<string, unknown>
>;

export type Visited = {
  readonly node: Node;
  readonly parent: Node | null;
  /** Where the innermost function around it begins; -1 outside of all. */
  readonly inFunction: number;
};

/** All nodes of a file that do something when it runs, from the outside in. */
export function nodesOf(text: string): Visited[] {
  const found: Visited[] = [];
  const visit = (node: Node, parent: Node | null, inFunction: number): void => {
    if (isType(node)) return;
    const inner = isFunction(node) ? node.start : inFunction;
    found.push({ node, parent, inFunction: inner });
    for (const [name, value] of Object.entries(node)) {
      if (name === 'parent' || typesOf.has(name)) continue;
      for (const child of Array.isArray(value) ? (value as unknown[]) : [value]) {
        if (isNode(child)) visit(child, node, inner);
      }
    }
  };
  visit(parseAst(text, { lang: 'ts', astType: 'ts' }) as unknown as Node, null, -1);
  return found;
}

export const isFunction = ({ type }: Node): boolean =>
  type === 'FunctionDeclaration' || type === 'FunctionExpression' || type === 'ArrowFunctionExpression';

const typesOf = new Set(['typeAnnotation', 'typeParameters', 'typeArguments', 'returnType', 'superTypeArguments']);
const throughTypes = new Set(['TSAsExpression', 'TSNonNullExpression', 'TSSatisfiesExpression', 'TSParameterProperty']);

const isType = ({ type }: Node) =>
  (type.startsWith('TS') && !throughTypes.has(type)) || type === 'ImportDeclaration' || type === 'ExportAllDeclaration';

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';
