// Deliberate breaks of a source file, each a small edit that some test should notice.
import { nodesOf, type Node, type Visited } from './syntax.ts';

export type Mutant = {
  /** Relative to the package. */
  readonly file: string;
  readonly line: number;
  readonly from: number;
  readonly to: number;
  readonly after: string;
  /** The line, with `[before → after]` in it: it stays the same where lines above it change. */
  readonly text: string;
  /** Where the function around it begins; -1 outside of all. */
  readonly inFunction: number;
};

type Edit = { readonly from: number; readonly to: number; readonly after: string };

export function findMutants(file: string, text: string): Mutant[] {
  const mutants = nodesOf(text).flatMap((visited) =>
    [...editsOf(visited, text)].map((edit) => ({
      ...edit,
      file,
      line: text.slice(0, edit.from).split('\n').length,
      text: describe(text, edit),
      inFunction: visited.inFunction,
    })),
  );
  // Some nodes are two, such as `{ name }`.
  return [...new Map(mutants.map((mutant) => [`${mutant.from} ${mutant.to} ${mutant.after}`, mutant])).values()];
}

export const mutated = (text: string, { from, to, after }: Mutant): string =>
  text.slice(0, from) + after + text.slice(to);

function describe(text: string, { from, to, after }: Edit): string {
  const begin = text.lastIndexOf('\n', from - 1) + 1;
  const end = text.indexOf('\n', to) < 0 ? text.length : text.indexOf('\n', to);
  const before = shorten(text.slice(from, to));
  return `${text.slice(begin, from).trimStart()}[${before} → ${shorten(after)}]${text.slice(to, end)}`;
}

function shorten(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > 80 ? `${line.slice(0, 60)} … ${line.slice(-15)}` : line;
}

const comparisons = new Map<string, readonly string[]>(
  Object.entries({
    '<': ['<=', '>='],
    '<=': ['<', '>'],
    '>': ['>=', '<='],
    '>=': ['>', '<'],
    '===': ['!=='],
    '!==': ['==='],
    '+': ['-'],
    '-': ['+'],
    '*': ['/'],
    '/': ['*'],
    '&': ['|'],
    '%': ['*'],
  }),
);
const logical = { '&&': '||', '||': '&&' };
const assignments = new Map(Object.entries({ '+=': '-=', '-=': '+=', '??=': '=' }));
/** Methods, and what they become; null: as if it had not been called. */
const methods = new Map<string, string | null>(
  Object.entries({
    min: 'max',
    max: 'min',
    some: 'every',
    every: 'some',
    floor: 'ceil',
    ceil: 'floor',
    filter: null,
    toSorted: null,
    toReversed: null,
    shift: 'pop',
  }),
);

function* editsOf({ node, parent }: Visited, text: string): Generator<Edit> {
  const part = (name: string) => node[name] as Node;
  const between = (left: Node, right: Node, before: string, after: string): Edit => {
    const from = text.indexOf(before, left.end);
    return from < right.start ? { from, to: from + before.length, after } : { from: left.end, to: left.end, after: '' };
  };
  const all = (after: string): Edit => ({ from: node.start, to: node.end, after });
  switch (node.type) {
    case 'BinaryExpression': {
      const operator = node['operator'] as string;
      if (operator === '+' && [part('left'), part('right')].some(isText)) return;
      for (const after of comparisons.get(operator) ?? []) yield between(part('left'), part('right'), operator, after);
      return;
    }
    case 'LogicalExpression': {
      const operator = node['operator'] as string;
      if (operator === '??') yield { from: text.indexOf('??', part('left').end), to: node.end, after: '!' };
      else yield between(part('left'), part('right'), operator, logical[operator as keyof typeof logical]);
      return;
    }
    case 'AssignmentExpression': {
      const after = assignments.get(node['operator'] as string);
      if (after) yield between(part('left'), part('right'), node['operator'] as string, after);
      return;
    }
    case 'UpdateExpression': {
      const after = node['operator'] === '++' ? '--' : '++';
      const argument = part('argument');
      yield node['prefix'] === true
        ? { from: node.start, to: node.start + 2, after }
        : { from: argument.end, to: node.end, after };
      return;
    }
    case 'UnaryExpression':
      if (node['operator'] === '!') yield { from: node.start, to: node.start + 1, after: '' };
      return;
    case 'Literal':
      if (typeof node['value'] === 'boolean') yield all(node['value'] ? 'false' : 'true');
      // One more of many is one more and nothing else.
      if (typeof node['value'] === 'number') yield all(node['value'] < 100 ? String(node['value'] + 1) : '0');
      if (typeof node['value'] === 'string' && isSql(node['value'])) {
        yield* sqlEdits(text.slice(node.start + 1, node.end - 1), node.start + 1);
      }
      return;
    case 'IfStatement':
      yield { from: part('test').start, to: part('test').end, after: 'true' };
      yield { from: part('test').start, to: part('test').end, after: 'false' };
      return;
    case 'ConditionalExpression': {
      const test = part('test');
      yield { from: test.start, to: test.end, after: `!(${text.slice(test.start, test.end)})` };
      return;
    }
    case 'ExpressionStatement': {
      if (isOnlySaid(part('expression')) || node['directive'] !== undefined) return;
      yield all(';');
      return;
    }
    case 'ThrowStatement':
    case 'ContinueStatement':
    case 'BreakStatement':
      if (parent?.type !== 'SwitchCase') yield all(';');
      return;
    case 'CallExpression': {
      const callee = part('callee');
      const property = callee['property'] as Node | undefined;
      if (callee.type !== 'MemberExpression' || !property) return;
      const after = methods.get(property['name'] as string);
      if (after === undefined) return;
      if (after !== null) yield { from: property.start, to: property.end, after };
      else yield { from: (callee['object'] as Node).end, to: node.end, after: '' };
      return;
    }
    case 'TemplateElement': {
      const { raw } = node['value'] as { raw: string };
      const from = text.indexOf(raw, Math.max(0, node.start - 1));
      const isTagged = parent?.type === 'TemplateLiteral' && /\bsql(<[^>]*>)?$/.test(text.slice(0, parent.start));
      if (raw !== '' && from >= 0 && (isTagged || isSql(raw))) yield* sqlEdits(raw, from);
    }
  }
}

/** Assigning a field its parameter and the call of a base class: without them nothing works at all. */
const isOnlySaid = (expression: Node): boolean => {
  if (expression.type === 'CallExpression') return (expression['callee'] as Node).type === 'Super';
  if (expression.type !== 'AssignmentExpression' || expression['operator'] !== '=') return false;
  return (
    (expression['left'] as Node).type === 'MemberExpression' && (expression['right'] as Node).type === 'Identifier'
  );
};

const isText = (node: Node) =>
  node.type === 'TemplateLiteral' || (node.type === 'Literal' && typeof node['value'] === 'string');

const isSql = (text: string) => /^\s*(select|insert|update|delete|with|pragma|create|alter|drop|begin)\b/i.test(text);

/** What is looked for in SQL, and what it becomes. */
const sqlOperators: readonly (readonly [pattern: RegExp, after: string])[] = [
  [/(?<![<>=-])<(?![=>@])/g, '<='],
  [/<=/g, '<'],
  [/(?<![<>=-])>(?![=>])/g, '>='],
  [/>=/g, '>'],
  [/(?<![<>=!:])=(?![=>])/g, '<>'],
  [/<>/g, '='],
  [/ \+ /g, ' - '],
  [/ - /g, ' + '],
  [/\band\b/g, 'or'],
  [/\bor\b/g, 'and'],
  [/\bmin\(/g, 'max('],
  [/\bmax\(/g, 'min('],
  [/\bleast\(/g, 'greatest('],
  [/\bgreatest\(/g, 'least('],
  [/\bis null\b/g, 'is not null'],
  [/\bis not null\b/g, 'is null'],
  [/\bunion all\b/g, 'union'],
  [/\bdistinct(?! on)\b/g, ''],
  [/\bnot exists\b/g, 'exists'],
  [/ desc\b/g, ''],
  [/\border by [^()\n`]*?(?=$|\n|\)|\blimit\b|\bfor\b)/g, ''],
  [/\bfor (no key )?(update|share)( of \w+)?( skip locked| nowait)?/g, ''],
  [/\bon conflict( \([^)]*\))? do nothing/g, ''],
  [/\bbool_and\(/g, 'bool_or('],
  [/\blimit \d+/g, ''],
  [/\b[1-9]\d*\b(?=\s*(\)|,|$|\n|[-+*/] ))/g, '0'],
  [/\btrue\b/g, 'false'],
  [/\bfalse\b/g, 'true'],
];

function* sqlEdits(raw: string, offset: number): Generator<Edit> {
  const remarks = [...raw.matchAll(/--.*$/gm)].map(({ index, 0: { length } }) => [index, index + length] as const);
  for (const [pattern, after] of sqlOperators) {
    for (const { index, 0: before } of raw.matchAll(pattern)) {
      if (remarks.some(([from, to]) => index >= from && index < to)) continue;
      yield { from: offset + index, to: offset + index + before.length, after };
    }
  }
}
