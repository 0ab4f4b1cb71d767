// One directive of an nginx configuration, as it stands in its file.

export interface Place {
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

export interface Directive {
  readonly name: string;
  readonly args: readonly string[];
  readonly place: Place;
  /** What stands between its braces; undefined for one that ends with ";". */
  readonly block: readonly Directive[] | undefined;
}

/** The directive in a line, as it would be written, without its block. */
export function directiveText({ name, args, block }: Directive): string {
  const words = [name, ...args].map(wordText).join(' ');
  return block === undefined ? words : `${words} { }`;
}

const wordText = (word: string): string => {
  // A backslash means itself, unless what follows would make an escape of it.
  const text = word.replaceAll(/\\(?=["'\\trn\t\r\n]|$)/g, '\\\\');
  if (word !== '' && !/[\s;{}"'#]/.test(word.replaceAll(/\$\{\w*\}/g, ''))) return text;
  return `"${text.replaceAll('"', '\\"').replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t')}"`;
};
