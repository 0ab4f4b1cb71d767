// Values with variables: nginx's `$host` in the words of Evenkeel's templates, `{host}`.

/** A piece of a value: text as it stands, or a variable by its name. */
export type Piece = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'variable'; readonly name: string };

export function piecesOf(value: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of value.matchAll(/\$(?:\{(\w+)\}|(\w+))/g)) {
    if (match.index > end) pieces.push({ kind: 'text', text: value.slice(end, match.index) });
    pieces.push({ kind: 'variable', name: match[1] ?? match[2] ?? '' });
    end = match.index + match[0].length;
  }
  if (end < value.length) pieces.push({ kind: 'text', text: value.slice(end) });
  return pieces;
}

export const hasVariables = (value: string): boolean => piecesOf(value).some(({ kind }) => kind === 'variable');

/** A template, or the variable that no template knows. `differences` tell how it is not quite the same. */
export type Template =
  | { readonly ok: true; readonly text: string; readonly differences: readonly string[] }
  | { readonly ok: false; readonly variable: string };

/** What the place knows of itself: names by which nginx's variables have a fixed value or a word of their own there. */
export interface Surroundings {
  readonly fixed: Readonly<Record<string, string>>;
  /** Groups of the regular expression by which the request was matched: `1`, `name`. */
  readonly captures: ReadonlyMap<string, string>;
}

interface Word {
  readonly text: string;
  readonly difference?: string;
}

const plain: Readonly<Record<string, Word>> = {
  host: { text: '{host}' },
  http_host: { text: '{header:host}' },
  remote_addr: { text: '{client}' },
  realip_remote_addr: { text: '{client}' },
  scheme: { text: '{scheme}' },
  request_uri: { text: '{uri}' },
  uri: { text: '{path}', difference: '$uri is the path as the client wrote it, not decoded' },
  document_uri: { text: '{path}', difference: '$document_uri is the path as the client wrote it, not decoded' },
  args: { text: '{query}' },
  query_string: { text: '{query}' },
  request_method: { text: '{method}' },
  request_id: { text: '{request-id}', difference: '$request_id has another form' },
  proxy_add_x_forwarded_for: { text: '{header:x-forwarded-for}, {client}' },
};

const prefixed: readonly (readonly [string, (name: string) => string])[] = [
  ['http_', (name) => `{header:${name.replaceAll('_', '-').toLowerCase()}}`],
  ['cookie_', (name) => `{cookie:${name}}`],
  ['arg_', (name) => `{query:${name}}`],
];

export function templateOf(value: string, { fixed, captures }: Surroundings): Template {
  let text = '';
  const differences: string[] = [];
  for (const piece of piecesOf(value)) {
    if (piece.kind === 'text') {
      text += literal(piece.text);
      continue;
    }
    const word = wordOf(piece.name, fixed, captures);
    if (word === undefined) return { ok: false, variable: `$${piece.name}` };
    text += word.text;
    if (word.difference !== undefined) differences.push(word.difference);
  }
  return { ok: true, text, differences };
}

/** An opening brace that means itself is written twice. */
export const literal = (text: string): string => text.replaceAll('{', '{{');

function wordOf(name: string, fixed: Surroundings['fixed'], captures: Surroundings['captures']): Word | undefined {
  const capture = captures.get(name);
  if (capture !== undefined) return { text: `{path:${capture}}` };
  if (Object.hasOwn(fixed, name)) return { text: literal(fixed[name] ?? '') };
  if (Object.hasOwn(plain, name)) return plain[name];
  const family = prefixed.find(([prefix]) => name.startsWith(prefix) && name.length > prefix.length);
  return family === undefined ? undefined : { text: family[1](name.slice(family[0].length)) };
}
