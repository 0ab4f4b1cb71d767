// Where a text stops being JSON (RFC 8259), and what would have had to stand there.
// JSON.parse decides what is JSON; this only finds the place, which its messages do not always tell.

export interface JsonFault {
  readonly offset: number;
  readonly expected: string;
}

const space = /[ \t\r\n]*/y;
const string = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const plain = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.+-])/y;

/** Undefined for a text that is JSON. */
export function jsonFault(text: string): JsonFault | undefined {
  const open: ('{' | '[')[] = [];
  let offset = after(space, text, 0);
  let expected: Expected = 'a value';

  while (expected !== 'nothing more' || offset < text.length) {
    const step = stepAt(text, offset, expected, open);
    if (step === undefined) return { offset: Math.min(offset, text.trimEnd().length), expected };
    expected = step.next;
    offset = after(space, text, step.end);
  }
  return undefined;
}

type Expected =
  | 'a value'
  | 'a value or "]"'
  | 'a key in double quotes'
  | 'a key in double quotes or "}"'
  | '":"'
  | '"," or "}"'
  | '"," or "]"'
  | 'nothing more';

interface Step {
  readonly end: number;
  readonly next: Expected;
}

/** One token further. Undefined where the token is not one of those expected. `open` holds the brackets around the place. */
function stepAt(text: string, offset: number, expected: Expected, open: ('{' | '[')[]): Step | undefined {
  const sign = text[offset] ?? '';
  if (expected === '":"') return sign === ':' ? { end: offset + 1, next: 'a value' } : undefined;
  if (expected.startsWith('"," or') && sign === ',') {
    return { end: offset + 1, next: open.at(-1) === '{' ? 'a key in double quotes' : 'a value' };
  }
  if ((sign === '}' || sign === ']') && expected.endsWith(`"${sign}"`)) {
    open.pop();
    return { end: offset + 1, next: behindValue(open) };
  }
  if (expected.startsWith('a key')) {
    const end = after(string, text, offset);
    return end > offset ? { end, next: '":"' } : undefined;
  }
  return expected.startsWith('a value') ? valueAt(text, offset, sign, open) : undefined;
}

function valueAt(text: string, offset: number, sign: string, open: ('{' | '[')[]): Step | undefined {
  if (sign === '{' || sign === '[') {
    open.push(sign);
    return { end: offset + 1, next: sign === '{' ? 'a key in double quotes or "}"' : 'a value or "]"' };
  }
  const end = after(sign === '"' ? string : plain, text, offset);
  return end > offset ? { end, next: behindValue(open) } : undefined;
}

function behindValue(open: readonly ('{' | '[')[]): Expected {
  if (open.length === 0) return 'nothing more';
  return open.at(-1) === '{' ? '"," or "}"' : '"," or "]"';
}

/** The offset behind what the pattern matches here; the same offset when it does not. */
function after(pattern: RegExp, text: string, offset: number): number {
  pattern.lastIndex = offset;
  return pattern.test(text) ? pattern.lastIndex : offset;
}
