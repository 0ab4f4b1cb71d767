// Documents in JSON: the value by JSON.parse, keys that stand twice by one look over the text, and places only once somebody asks for one.
// A good document of a megabyte is read in a few milliseconds this way.
import type { Path, Place } from '../issue.ts';

/** Where a value begins, and what is in it. */
interface Node {
  readonly start: number;
  /** By key, the last one where it stands twice, as JSON.parse has it. */
  readonly keys?: Map<string, { readonly keyStart: number; readonly node: Node }>;
  readonly items?: Node[];
}

/** The offsets of keys that stand in their section already. The text is JSON. */
export function repeatedKeys(text: string): readonly number[] {
  const found: number[] = [];
  /** For each bracket that is open: the keys of a section, nothing for a list. */
  const open: (Set<string> | undefined)[] = [];
  for (let offset = 0; offset < text.length; offset += 1) {
    switch (text.charCodeAt(offset)) {
      case quote: {
        const start = offset;
        offset = endOfString(text, start);
        const keys = open.at(-1);
        if (keys === undefined || !isKey(text, offset + 1)) break;
        const key = stringIn(text, start, offset);
        if (keys.has(key)) found.push(start);
        keys.add(key);
        break;
      }
      case openBrace:
        open.push(new Set());
        break;
      case openBracket:
        open.push(undefined);
        break;
      case closeBrace:
      case closeBracket:
        open.pop();
        break;
    }
  }
  return found;
}

/** Looks the text over once, when the first place is asked for. */
export function jsonPlaces(text: string): (path: Path, onKey: boolean) => Place {
  let root: Node | undefined;
  return (path, onKey) => {
    root ??= layoutOf(text);
    return placeIn(text, offsetOf(root, path, onKey));
  };
}

/** Counted from 1. */
export function placeIn(text: string, offset: number): Place {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < lineStart; at = text.indexOf('\n', at + 1)) line += 1;
  return { line, column: offset - lineStart + 1 };
}

/** Goes down the path as far as the text does; what does not exist is pointed at by the key of what is around it. */
function offsetOf(root: Node, path: Path, onKey: boolean): number {
  let node = root;
  let keyOffset = root.start;
  for (const step of path) {
    const pair = node.keys?.get(String(step));
    const next = typeof step === 'number' && node.items !== undefined ? node.items[step] : pair?.node;
    if (next === undefined) return node.keys === undefined && node.items === undefined ? node.start : keyOffset;
    keyOffset = pair?.keyStart ?? next.start;
    node = next;
  }
  return onKey ? keyOffset : node.start;
}

const quote = 0x22;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const backslash = 0x5c;

/** Of the quote that ends it. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end === -1 ? text.length : end;
}

function isEscaped(text: string, offset: number): boolean {
  let before = offset - 1;
  while (text.charCodeAt(before) === backslash) before -= 1;
  return (offset - before) % 2 === 0;
}

function isKey(text: string, behind: number): boolean {
  return text[skipSpace(text, behind)] === ':';
}

function skipSpace(text: string, from: number): number {
  let offset = from;
  while (offset < text.length && ' \t\r\n'.includes(text[offset] ?? '')) offset += 1;
  return offset;
}

function stringIn(text: string, start: number, end: number): string {
  const inner = text.slice(start + 1, end);
  // Few keys have escapes; what was parsed once is a text.
  return inner.includes('\\') ? (JSON.parse(`"${inner}"`) as string) : inner;
}

/** Where everything stands. Not by recursion, since a text may open brackets without end. */
function layoutOf(text: string): Node {
  const holder: Node = { start: 0, items: [] };
  const open: Node[] = [holder];
  let key: { readonly text: string; readonly start: number } | undefined;
  const add = (node: Node): void => {
    const around = open.at(-1);
    if (key !== undefined) around?.keys?.set(key.text, { keyStart: key.start, node });
    else around?.items?.push(node);
    key = undefined;
  };
  for (let offset = skipSpace(text, 0); offset < text.length; offset = skipSpace(text, offset)) {
    const sign = text.charCodeAt(offset);
    if (sign === quote) {
      const end = endOfString(text, offset);
      if (key === undefined && open.at(-1)?.keys !== undefined) key = { text: stringIn(text, offset, end), start: offset };
      else add({ start: offset });
      offset = end + 1;
    } else if (sign === openBrace || sign === openBracket) {
      const node: Node = sign === openBrace ? { start: offset, keys: new Map() } : { start: offset, items: [] };
      add(node);
      open.push(node);
      offset += 1;
    } else if (sign === closeBrace || sign === closeBracket) {
      open.pop();
      offset += 1;
    } else if (text[offset] === ',' || text[offset] === ':') {
      offset += 1;
    } else {
      add({ start: offset });
      while (offset < text.length && !',]} \t\r\n'.includes(text[offset] ?? '')) offset += 1;
    }
  }
  return holder.items?.[0] ?? holder;
}
