// Text of a regular expression to its tree. What cannot be answered in one pass over a text is refused with the reason: looking around,
// references back to a group, possessive and atomic groups. So is what JavaScript and PCRE, from which people bring expressions, read differently.
import type { Result } from '../basics/result.ts';
import { fault, success } from '../basics/result.ts';
import type { CodeRanges, ParsedPattern, PatternTree } from './pattern-tree.ts';
import { anyButLineEnds, codeRanges, inAnyCase, namedRanges, otherCodes } from './pattern-tree.ts';

/** Counts above this make more of a program than any address needs. */
const mostRepeats = 1000;
const mostDepth = 100;

const controls: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13, 0: 0 };

/** `fault` ends a sentence that begins with the expression: "… looks ahead, which …". */
export function parsePattern(text: string, ignoreCase: boolean): Result<ParsedPattern, string> {
  try {
    return success(new PatternParser(text, ignoreCase).parse());
  } catch (error) {
    if (error instanceof Refusal) return fault(error.message);
    throw error;
  }
}

class Refusal extends Error {}

class PatternParser {
  readonly #text: string;
  readonly #ignoreCase: boolean;
  readonly #groups: string[] = [''];
  #at = 0;
  #depth = 0;

  constructor(text: string, ignoreCase: boolean) {
    this.#text = text;
    this.#ignoreCase = ignoreCase;
  }

  parse(): ParsedPattern {
    const tree = this.#choice();
    if (this.#at < this.#text.length) this.#refuse('has a ")" without its "("');
    return { tree, groups: this.#groups };
  }

  #refuse(what: string): never {
    throw new Refusal(what);
  }

  get #next(): string {
    return this.#text.charAt(this.#at);
  }

  /** Steps over this text when it comes next. */
  #takes(text: string): boolean {
    if (!this.#text.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  #choice(): PatternTree {
    if (++this.#depth > mostDepth) this.#refuse('has groups within groups too deep');
    const options = [this.#sequence()];
    while (this.#takes('|')) options.push(this.#sequence());
    this.#depth--;
    const [only] = options;
    return options.length === 1 && only !== undefined ? only : { kind: 'choice', options };
  }

  #sequence(): PatternTree {
    const parts: PatternTree[] = [];
    while (this.#at < this.#text.length && this.#next !== '|' && this.#next !== ')') parts.push(this.#repeated());
    const [only] = parts;
    if (only === undefined) return { kind: 'empty' };
    return parts.length === 1 ? only : { kind: 'sequence', parts };
  }

  #repeated(): PatternTree {
    const body = this.#atom();
    const counts = this.#counts();
    if (counts === undefined) return body;
    if (body.kind === 'edge') this.#refuse('repeats "^" or "$"');
    const [least, most] = counts;
    const greedy = !this.#takes('?');
    if (greedy && this.#takes('+')) this.#refuse('has a possessive repetition, which is not supported: leave out its "+"');
    if (/^[*+?{]/.test(this.#next)) this.#refuse('repeats a repetition: put the inner one in a group');
    return { kind: 'repeat', body, least, most, greedy };
  }

  #counts(): readonly [number, number] | undefined {
    if (this.#takes('*')) return [0, Number.POSITIVE_INFINITY];
    if (this.#takes('+')) return [1, Number.POSITIVE_INFINITY];
    if (this.#takes('?')) return [0, 1];
    if (this.#next !== '{') return undefined;
    const written = /^\{(\d{1,9})(,(\d{0,9}))?\}/.exec(this.#text.slice(this.#at));
    if (written === null) this.#refuse('has a "{" that begins no count: write "\\{" for the character');
    this.#at += written[0].length;
    const least = Number(written[1]);
    const most = written[2] === undefined ? least : written[3] === '' ? Number.POSITIVE_INFINITY : Number(written[3]);
    if (most < least) this.#refuse(`has the count ${written[0]}, which ends before it begins`);
    if (least > mostRepeats || (Number.isFinite(most) && most > mostRepeats)) this.#refuse(`counts to more than ${mostRepeats}`);
    return [least, most];
  }

  #atom(): PatternTree {
    const character = this.#next;
    this.#at++;
    switch (character) {
      case '^':
      case '$':
        return { kind: 'edge', atEnd: character === '$' };
      case '.':
        return { kind: 'codes', ranges: anyButLineEnds };
      case '[':
        return this.#codes(this.#class());
      case '(':
        return this.#group();
      case '\\':
        return this.#codes(this.#escape());
      case '*':
      case '+':
      case '?':
        return this.#refuse(`has a "${character}" with nothing before it: write "\\${character}" for the character`);
      case '{':
        return this.#refuse('has a "{" with nothing before it: write "\\{" for the character');
      default:
        return this.#codes(single(character.charCodeAt(0)));
    }
  }

  #codes(ranges: CodeRanges): PatternTree {
    return { kind: 'codes', ranges: this.#ignoreCase ? inAnyCase(ranges) : ranges };
  }

  #group(): PatternTree {
    const name = this.#groupName();
    if (name === undefined) return this.#closed();
    if (name !== '' && this.#groups.includes(name)) this.#refuse(`names two groups "${name}"`);
    const index = this.#groups.push(name) - 1;
    return { kind: 'group', index, body: this.#closed() };
  }

  #closed(): PatternTree {
    const body = this.#choice();
    if (!this.#takes(')')) this.#refuse('has a "(" without its ")"');
    return body;
  }

  /** '' for a group without a name, undefined for one that is not kept. */
  #groupName(): string | undefined {
    if (!this.#takes('?')) return '';
    if (this.#takes(':')) return undefined;
    if (/^(?:<?[=!])/.test(this.#text.slice(this.#at))) this.#refuse('looks ahead or behind, which cannot be answered in linear time');
    if (this.#next === '>') this.#refuse('has an atomic group, which is not supported');
    const named = /^P?<([A-Za-z_]\w{0,63})>/.exec(this.#text.slice(this.#at));
    if (named === null) this.#refuse(`has a group "(?${this.#next}", which is not supported here; "(?i)" may stand in front of all`);
    this.#at += named[0].length;
    return named[1] ?? '';
  }

  /** Behind its backslash. */
  #escape(): CodeRanges {
    const character = this.#next;
    if (character === '') this.#refuse('ends in a backslash');
    this.#at++;
    const named = Object.hasOwn(namedRanges, character) ? namedRanges[character] : undefined;
    if (named !== undefined) return named;
    if (Object.hasOwn(controls, character) && !/^0\d/.test(character + this.#next)) return single(controls[character] ?? 0);
    if (character === 'x' || character === 'u') return single(this.#hexadecimal(character === 'x' ? 2 : 4));
    if (/[1-9k]/.test(character)) this.#refuse('refers back to a group, which cannot be answered in linear time');
    if (/[bB]/.test(character)) this.#refuse('asks for the edge of a word ("\\b"), which is not supported');
    if (/[A-Za-z0-9]/.test(character)) this.#refuse(`has "\\${character}", which is not supported`);
    return single(character.charCodeAt(0));
  }

  #hexadecimal(digits: number): number {
    const written = this.#text.slice(this.#at, this.#at + digits);
    if (written.length < digits || !/^[0-9A-Fa-f]+$/.test(written)) this.#refuse(`has an escape without its ${digits} hexadecimal digits`);
    this.#at += digits;
    return Number.parseInt(written, 16);
  }

  /** Behind its bracket. */
  #class(): CodeRanges {
    const isNegated = this.#takes('^');
    const ranges: (readonly [number, number])[] = [];
    while (!this.#takes(']')) ranges.push(...this.#classItem());
    if (ranges.length === 0) this.#refuse('has an empty class "[]"');
    // Of both cases before it is turned around, or "[^a]" would take an A.
    const joined = codeRanges(ranges);
    const all = this.#ignoreCase ? inAnyCase(joined) : joined;
    return isNegated ? otherCodes(all) : all;
  }

  #classItem(): CodeRanges {
    const first = this.#classCodes();
    const isRange = this.#next === '-' && this.#text.charAt(this.#at + 1) !== ']' && this.#at + 1 < this.#text.length;
    if (!isRange) return first;
    this.#at++;
    const last = this.#classCodes();
    const [from, to] = [onlyCode(first), onlyCode(last)];
    if (from === undefined || to === undefined || from > to) return this.#refuse('has a range in a class that ends before it begins');
    return [[from, to]];
  }

  #classCodes(): CodeRanges {
    const character = this.#next;
    if (character === '') this.#refuse('has a "[" without its "]"');
    if (this.#text.startsWith('[:', this.#at)) this.#refuse('has a named class such as "[:alpha:]": write "[A-Za-z]"');
    this.#at++;
    return character === '\\' ? this.#escape() : single(character.charCodeAt(0));
  }
}

const single = (code: number): CodeRanges => [[code, code]];

function onlyCode(ranges: CodeRanges): number | undefined {
  const [only, ...others] = ranges;
  return only !== undefined && others.length === 0 && only[0] === only[1] ? only[0] : undefined;
}
