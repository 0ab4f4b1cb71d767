// From the text of an nginx configuration to its words, by the rules of ngx_conf_read_token: quotes open only where a word begins, a word
// ends at a space, ";" or "{" (not at "}"), "${" belongs to its word, and \" \' \\ \t \r \n are the only escapes that are taken away.
import type { Result } from '../../../foundation/basics/result.ts';
import { fault, success } from '../../../foundation/basics/result.ts';

export interface Token {
  readonly kind: 'word' | ';' | '{' | '}';
  /** Of a word: without its quotes and escapes. */
  readonly text: string;
  /** From 1. */
  readonly line: number;
}

export interface Misreading {
  readonly line: number;
  readonly message: string;
}

const isSpace = (char: string): boolean => char === ' ' || char === '\t' || char === '\r' || char === '\n';
const endsWord = (char: string): boolean => isSpace(char) || char === ';' || char === '{';
const escapes: Readonly<Record<string, string>> = { '"': '"', "'": "'", '\\': '\\', t: '\t', r: '\r', n: '\n' };

export function tokensOf(text: string): Result<readonly Token[], Misreading> {
  const reader = new TokenReader(text);
  return reader.read();
}

class TokenReader {
  readonly #text: string;
  readonly #tokens: Token[] = [];
  #at = 0;
  #line = 1;

  constructor(text: string) {
    this.#text = text;
  }

  read(): Result<readonly Token[], Misreading> {
    for (;;) {
      this.#skip();
      const char = this.#text[this.#at];
      if (char === undefined) return success(this.#tokens);
      const problem = this.#next(char);
      if (problem !== undefined) return fault(problem);
    }
  }

  /** Spaces and comments. */
  #skip(): void {
    for (let char = this.#text[this.#at]; char !== undefined; char = this.#text[this.#at]) {
      if (char === '#') {
        const end = this.#text.indexOf('\n', this.#at);
        this.#at = end < 0 ? this.#text.length : end;
      } else if (isSpace(char) || (char === '\uFEFF' && this.#at === 0)) this.#step(char);
      else return;
    }
  }

  #next(char: string): Misreading | undefined {
    if (char === ';' || char === '{' || char === '}') {
      this.#tokens.push({ kind: char, text: char, line: this.#line });
      this.#at++;
      return undefined;
    }
    return char === '"' || char === "'" ? this.#quoted(char) : this.#bare();
  }

  #quoted(quote: string): Misreading | undefined {
    const line = this.#line;
    let word = '';
    this.#at++;
    for (let char = this.#text[this.#at]; char !== quote; char = this.#text[this.#at]) {
      if (char === undefined) return { line, message: `the quote ${quote} that opens here is never closed` };
      word += this.#piece(char);
    }
    this.#at++;
    const after = this.#text[this.#at];
    if (after !== undefined && !endsWord(after) && after !== ')')
      return { line: this.#line, message: `expected a space, ";" or "{" behind the closing quote, found ${JSON.stringify(after)}` };
    // nginx lets ")" follow a quote for the sake of `if (...)`; it is a word of its own then.
    this.#tokens.push({ kind: 'word', text: word, line });
    return undefined;
  }

  #bare(): undefined {
    const line = this.#line;
    let word = '';
    for (let char = this.#text[this.#at]; char !== undefined; char = this.#text[this.#at]) {
      if (char === '$' && this.#text[this.#at + 1] === '{') {
        word += '${';
        this.#at += 2;
      } else if (endsWord(char)) break;
      else word += this.#piece(char);
    }
    this.#tokens.push({ kind: 'word', text: word, line });
    return undefined;
  }

  /** One character of a word, or what an escape stands for. A backslash before any other character stays. */
  #piece(char: string): string {
    if (char !== '\\') {
      this.#step(char);
      return char;
    }
    const next = this.#text[this.#at + 1] ?? '';
    this.#at++;
    if (next !== '') this.#step(next);
    return Object.hasOwn(escapes, next) ? (escapes[next] ?? '') : `\\${next}`;
  }

  #step(char: string): void {
    if (char === '\n') this.#line++;
    this.#at++;
  }
}
