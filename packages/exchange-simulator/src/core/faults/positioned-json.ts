// JSON with the line of every value, so that what is wrong in a file can be pointed at. Comments (`//`, `/* */`) and a
// comma after the last item are let pass: scripts are written by hand.
import type { Path } from './fault-rules.ts';

export interface PositionedJson {
  readonly value: unknown;
  /** The line of a value, counted from 1; for a key that is not there, that of what should hold it. */
  lineOf(path: Path): number;
}

/** Thrown by {@link parsePositionedJson}: the text is no JSON. */
export class JsonSyntaxError extends Error {
  readonly line: number;
  readonly expected: string;
  constructor(line: number, expected: string, found: string) {
    super(`expected ${expected}, found ${found}`);
    this.line = line;
    this.expected = expected;
  }
}

/** Deeper than any script; it keeps hostile nesting off the stack. */
const MOST_DEPTH = 32;

/** @throws {JsonSyntaxError} */
export function parsePositionedJson(text: string): PositionedJson {
  const lines = new Map<string, number>();
  const value = new Reader(text, lines).document();
  return {
    value,
    lineOf: (path) => {
      for (let length = path.length; length > 0; length--) {
        const line = lines.get(JSON.stringify(path.slice(0, length)));
        if (line !== undefined) return line;
      }
      return lines.get('[]') ?? 1;
    },
  };
}

class Reader {
  readonly #text: string;
  readonly #lines: Map<string, number>;
  #at = 0;
  #line = 1;

  constructor(text: string, lines: Map<string, number>) {
    this.#text = text;
    this.#lines = lines;
  }

  document(): unknown {
    const value = this.#value([]);
    this.#skip();
    if (this.#at < this.#text.length) this.#fail('the end of the text');
    return value;
  }

  #value(path: Path): unknown {
    this.#skip();
    this.#lines.set(JSON.stringify(path), this.#line);
    if (path.length > MOST_DEPTH) this.#fail(`at most ${MOST_DEPTH} levels`);
    switch (this.#text[this.#at]) {
      case '{':
        return this.#object(path);
      case '[':
        return this.#array(path);
      case '"':
        return this.#string();
      case undefined:
      default:
        return this.#word();
    }
  }

  #object(path: Path): Record<string, unknown> {
    const object: Record<string, unknown> = {};
    this.#at++;
    while (!this.#takes('}')) {
      if (this.#text[this.#at] !== '"') this.#fail('a key in double quotes, or }');
      const key = this.#string();
      if (Object.hasOwn(object, key)) this.#fail(`each key once, but ${key} is there again`);
      if (!this.#takes(':')) this.#fail('a colon after the key');
      // Not by assignment: a key named __proto__ is a key like any other.
      Object.defineProperty(object, key, {
        value: this.#value([...path, key]),
        enumerable: true,
        configurable: true,
        writable: true,
      });
      if (this.#takes(',')) continue;
      if (this.#takes('}')) break;
      this.#fail('a comma or }');
    }
    return object;
  }

  #array(path: Path): unknown[] {
    const array: unknown[] = [];
    this.#at++;
    while (!this.#takes(']')) {
      array.push(this.#value([...path, array.length]));
      if (this.#takes(',')) continue;
      if (this.#takes(']')) break;
      this.#fail('a comma or ]');
    }
    return array;
  }

  #string(): string {
    const match = this.#match(/"(?:[^"\\\n\r]|\\.)*"/y);
    if (match === undefined) return this.#fail('text that ends on its line');
    return this.#plain(match) as string;
  }

  #word(): unknown {
    const match = this.#match(/[^\s,:{}[\]"/]+/y);
    if (match === undefined) return this.#fail('a value');
    return this.#plain(match);
  }

  #plain(text: string): unknown {
    try {
      return JSON.parse(text);
    } catch {
      this.#at -= text.length;
      return this.#fail('a JSON value');
    }
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  #takes(sign: string): boolean {
    this.#skip();
    if (this.#text[this.#at] !== sign) return false;
    this.#at++;
    this.#skip();
    return true;
  }

  /** Passes over space and comments, counting lines. */
  #skip(): void {
    const space = this.#match(/(?:[\s\uFEFF]+|\/\/[^\n]*|\/\*[^]*?\*\/)+/y) ?? '';
    for (const sign of space) if (sign === '\n') this.#line++;
  }

  #fail(expected: string): never {
    const found = this.#text.slice(this.#at, this.#at + 20).split('\n')[0];
    throw new JsonSyntaxError(this.#line, expected, found ? JSON.stringify(found) : 'the end of the line');
  }
}
