// What ended the program, in a line for people or for machines.
import { failureOf } from '../../errors.ts';
import { scrub } from '../../secrets/known-secrets.ts';

/** @param stack adds the stack trace */
export function failureText(
  error: unknown,
  { json, stack }: { readonly json: boolean; readonly stack: boolean },
): string {
  const { code, message } = failureOf(error);
  const line = json ? JSON.stringify({ error: { code, message } }) : `trader: ${code}: ${message}`;
  const trace = stack && error instanceof Error ? `${error.stack}\n` : '';
  return scrub(`${line}\n${trace}`);
}
