/** An array's elements, nested as its dimensions are. */
export type ParsedArray<T> = (T | null | ParsedArray<T>)[];

/**
 * Reads an array as PostgreSQL writes it: `{1,NULL,"a \"quoted\" text",{…}}`, with `[2:3]=` before it where it does not
 * begin at 1, which is not kept.
 *
 * @param parse makes something of an element's text
 */
export function parseArray<T>(literal: string, parse: (text: string) => T): ParsedArray<T> {
  let at = literal.indexOf('{');

  const elements = (): ParsedArray<T> => {
    const found: ParsedArray<T> = [];
    at++;
    while (literal[at] !== '}') {
      found.push(literal[at] === '{' ? elements() : element());
      if (literal[at] === ',') at++;
    }
    at++;
    return found;
  };

  const element = (): T | null => {
    if (literal[at] === '"') return parse(quoted());
    const start = at;
    while (literal[at] !== ',' && literal[at] !== '}') at++;
    const text = literal.slice(start, at);
    return text === 'NULL' ? null : parse(text);
  };

  const quoted = (): string => {
    let text = '';
    for (at++; literal[at] !== '"'; at++) {
      if (literal[at] === '\\') at++;
      text += literal[at];
    }
    at++;
    return text;
  };

  return elements();
}
