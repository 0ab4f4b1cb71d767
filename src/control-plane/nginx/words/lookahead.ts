// `\.(?!well-known)`, as many configurations have it: a look ahead at plain words, with nothing behind it that matters. What does not begin with the
// words begins with a letter in which it differs from them, or ends before; so it is said without looking ahead, and means the same.

/** The words in the order of their letters, as a tree. */
interface Tree {
  isWord: boolean;
  readonly next: Map<string, Tree>;
}

const lookahead = /^([\s\S]*)\(\?!((?:[^\\()[\]{}.*+?^$]|\\[^A-Za-z0-9])+)\)(?:\.\*\$?)?$/;

/** The same expression without a look ahead at its end; as it was where there is none of that kind. */
export function withoutLookahead(source: string): string {
  const [, before = '', words] = lookahead.exec(source) ?? [];
  if (words === undefined) return source;
  const tree = treeOf(words.split(/(?<!\\)\|/).map((word) => word.replaceAll(/\\(.)/g, '$1')));
  return tree.isWord ? source : `${before}${differing(tree)}`;
}

/** Without anything that looks ahead or behind, wherever it stands: it matches all that the expression matches, and more. */
export function widened(source: string): string {
  let text = '';
  let isClass = false;
  for (let at = 0; at < source.length; at++) {
    if (source[at] === '[') isClass = true;
    else if (source[at] === ']') isClass = false;
    if (!isClass && /^\(\?<?[=!]/.test(source.slice(at, at + 4))) at = endOfGroup(source, at);
    else if (source[at] === '\\') text += `${source[at]}${source[++at] ?? ''}`;
    else text += source[at];
  }
  return text;
}

/** Where the group that begins there is closed. */
function endOfGroup(source: string, start: number): number {
  let depth = 0;
  let isClass = false;
  for (let at = start; at < source.length; at++) {
    const char = source[at];
    if (char === '\\') at++;
    else if (char === '[') isClass = true;
    else if (char === ']') isClass = false;
    else if (char === '(' && !isClass) depth++;
    else if (char === ')' && !isClass && --depth === 0) return at;
  }
  return source.length;
}

function treeOf(words: readonly string[]): Tree {
  const root: Tree = { isWord: false, next: new Map() };
  for (const word of words) {
    let at = root;
    for (const letter of word) {
      const next = at.next.get(letter) ?? { isWord: false, next: new Map() };
      at.next.set(letter, next);
      at = next;
    }
    at.isWord = true;
  }
  return root;
}

function differing({ next }: Tree): string {
  const others = `[^${[...next.keys()].map(inClass).join('')}]`;
  const further = [...next].flatMap(([letter, tree]) => (tree.isWord ? [] : [`${escapedLetter(letter)}${differing(tree)}`]));
  return `(?:${['$', others, ...further].join('|')})`;
}

const inClass = (letter: string): string => letter.replace(/[\\\]^-]/, '\\$&');
const escapedLetter = (letter: string): string => letter.replace(/[.*+?^${}()|[\]\\/]/, '\\$&');
