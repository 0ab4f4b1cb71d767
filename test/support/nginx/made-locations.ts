// Blocks of locations drawn by chance, of the few paths that meet often, as nginx starts with: no location twice, and those inside of another below it.
import type { Random } from '../../../src/foundation/basics/random.ts';

const segments = ['/a', '/b', '/ab', '/', '/a/b', '/a/', '/b/', '/a/b/', '/ab/a'];
const expressions = ['^/a', 'b$', '/ab', 'a/b', '^/a/(b|ab)$', '^/[ab]+/$'];

export const draw = <Item>(random: Random, items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;

/** What stands in one server. Each location answers with a name of its own, or hands on to an endpoint in whose path that name stands. */
export function madeLocations(random: Random, endpoint: string): string {
  let count = 0;
  const body = (): string => {
    const name = `n${count++}`;
    return random() < 0.6 ? `return 200 ${name};` : `proxy_pass http://${endpoint}; proxy_set_header X-Location ${name};`;
  };
  const block = (around: string, depth: number): string => {
    const seen = new Set<string>();
    const plain = Array.from({ length: Math.floor(random() * (depth === 0 ? 7 : 3)) }, () => {
      const kind = draw(random, ['', '', '', '= ', '^~ ']);
      const path = `${around}${draw(random, segments)}`.replaceAll('//', '/');
      // A prefix is one location, whatever stands before it.
      const key = `${kind === '= '}${path}`;
      if (seen.has(key) || (depth > 0 && (kind === '^~ ' || path === around))) return '';
      seen.add(key);
      const inner = kind !== '= ' && depth === 0 && random() < 0.4 ? block(path, 1) : '';
      return `location ${kind}${path} { ${body()} ${inner} }`;
    });
    const regexes = Array.from(
      { length: Math.floor(random() * 3) },
      () => `location ${draw(random, ['~', '~*'])} ${draw(random, expressions)} { ${body()} }`,
    );
    return [...plain, ...regexes].join('\n');
  };
  return block('', 0);
}

/** Paths that are near to those of the locations. */
export function madePath(random: Random): string {
  const path = Array.from({ length: 1 + Math.floor(random() * 3) }, () => draw(random, segments)).join('');
  return path.replaceAll(/\/+/g, '/');
}
