// Finds the operation for a method and a path. Words in braces in an operation's path stand for any text without a slash.
import type { AnyOperation, Method } from './operation.ts';

export type Finding =
  | { readonly kind: 'found'; readonly operation: AnyOperation; readonly parameters: Readonly<Record<string, string>> }
  /** The path exists, for these methods. */
  | { readonly kind: 'wrong-method'; readonly methods: readonly string[] }
  /** A part of the path is not percent-encoded as it should be. */
  | { readonly kind: 'malformed' }
  | { readonly kind: 'unknown-path' };

export class Router {
  /** Every path once, as operations write them. */
  readonly paths: readonly string[];
  readonly #operations: readonly AnyOperation[];

  constructor(operations: readonly AnyOperation[]) {
    this.#operations = operations;
    this.paths = [...new Set(operations.map(({ path }) => path))];
  }

  find(method: string, path: string): Finding {
    const parts = path.split('/');
    const there = this.#operations.filter((operation) => isPathOf(operation, parts));
    const operation = there.find((candidate) => methodsOf(candidate).includes(method));
    if (operation !== undefined) {
      const parameters = parametersOf(operation, parts);
      return parameters === undefined ? { kind: 'malformed' } : { kind: 'found', operation, parameters };
    }
    if (there.length > 0) return { kind: 'wrong-method', methods: there.flatMap(methodsOf) };
    return { kind: 'unknown-path' };
  }
}

/** HEAD is answered wherever GET is. */
const methodsOf = ({ method }: { readonly method: Method }): readonly string[] => (method === 'GET' ? ['GET', 'HEAD'] : [method]);

/** `pool` of `{pool}`; undefined for a word that stands for itself. */
const parameterName = (word: string): string | undefined => /^\{(.+)\}$/.exec(word)?.[1];

function isPathOf({ path }: AnyOperation, parts: readonly string[]): boolean {
  const words = path.split('/');
  return words.length === parts.length && words.every((word, index) => parameterName(word) !== undefined || word === parts[index]);
}

function parametersOf({ path }: AnyOperation, parts: readonly string[]): Readonly<Record<string, string>> | undefined {
  const parameters: Record<string, string> = {};
  try {
    for (const [index, word] of path.split('/').entries()) {
      const name = parameterName(word);
      if (name !== undefined) parameters[name] = decodeURIComponent(parts[index] ?? '');
    }
  } catch {
    return undefined;
  }
  return parameters;
}
