// From the text of a fault script to faults, or to everything that is wrong with it at once.
import { ExchangeError } from '../../errors.ts';
import type { Fault } from './fault.ts';
import { type FaultProblem, faultProblems, problemText } from './fault-rules.ts';
import { JsonSyntaxError, parsePositionedJson, type PositionedJson } from './positioned-json.ts';

/**
 * Reads a fault script: `{ "faults": [ { "kind": "drop", "count": 1 } ] }`, a list of faults, or one fault. Comments
 * and a comma after the last item are allowed.
 *
 * @param file names the script in errors
 * @throws {ExchangeError} `FAULT_SCRIPT_INVALID`: the message has a line for every problem, `line` and `expected` are
 *   those of the first
 */
export function parseFaultScript(text: string, file: string): readonly Fault[] {
  let json: PositionedJson;
  try {
    json = parsePositionedJson(text);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    const { line, expected, message } = error;
    throw new ExchangeError('FAULT_SCRIPT_INVALID', `${file}:${line}: ${message}`, { file, line, expected });
  }
  const { faults, problems } = faultsIn(json.value);
  const [first] = problems;
  if (!first) return faults as readonly Fault[];
  const lines = problems
    .map((problem) => ({ line: json.lineOf(problem.path), text: problemText(problem) }))
    .toSorted((a, b) => a.line - b.line);
  throw new ExchangeError(
    'FAULT_SCRIPT_INVALID',
    lines.map((problem) => `${file}:${problem.line}: ${problem.text}`).join('\n'),
    { file, line: lines[0]?.line ?? 1, expected: first.expected },
  );
}

/**
 * Checks faults that a program gives.
 *
 * @throws {TypeError} naming everything that is wrong
 */
export function checkedFaults(faults: unknown): readonly Fault[] {
  if (!Array.isArray(faults)) throw new TypeError(`faults must be a list of faults, got ${String(faults)}`);
  const problems = faults.flatMap((fault, index) => faultProblems(fault, ['faults', index]));
  if (problems.length > 0) throw new TypeError(problems.map(problemText).join('\n'));
  // A copy: what is changed afterwards has not been checked.
  return structuredClone(faults) as readonly Fault[];
}

function faultsIn(value: unknown): { faults: readonly unknown[]; problems: readonly FaultProblem[] } {
  if (Array.isArray(value))
    return { faults: value, problems: value.flatMap((fault, at) => faultProblems(fault, [at])) };
  if (typeof value !== 'object' || value === null || !('faults' in value)) {
    return { faults: [value], problems: faultProblems(value) };
  }
  const { faults, ...rest } = value;
  const strangers = Object.keys(rest).map((name) => ({
    path: [name],
    expected: 'left out: a script has the field `faults` alone',
    got: name,
  }));
  if (!Array.isArray(faults)) {
    return { faults: [], problems: [...strangers, { path: ['faults'], expected: 'a list of faults', got: faults }] };
  }
  return { faults, problems: [...strangers, ...faults.flatMap((fault, at) => faultProblems(fault, ['faults', at]))] };
}
