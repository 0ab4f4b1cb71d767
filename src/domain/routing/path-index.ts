// Hot path. The routes of one host by path: a tree of segments, walked once from the left, so that the cost of a match
// grows with the length of the path and not with the number of routes. Routes are numbers here: the lower one comes first.
import type { Candidate, Search } from './candidates.ts';
import { Candidates, noRoute } from './candidates.ts';
import { isExpression, readExpression } from './conditions/expressions.ts';
import type { PathPattern } from './path-pattern.ts';
import { parsePathPattern } from './path-pattern.ts';

/** A place in the tree, reached by its segments. */
interface PathNode {
  children: Map<string, PathNode> | undefined;
  /** The first route that takes exactly this path and asks for nothing else. */
  exact: number;
  /** The first route that takes this path and everything below, and asks for nothing else. */
  below: number;
  /** What most places do not have. */
  more: More | undefined;
}

/** Routes that ask for more than a host and a path, before the first one that does not. */
interface More {
  exact: Candidates | undefined;
  below: Candidates | undefined;
  /** The place behind a segment that may be anything. */
  anything: PathNode | undefined;
}

export class PathIndex {
  /** The first of all routes here: whoever has an earlier one need not ask. */
  first: number;
  /** As `below`, of routes without a path. They also take what is no path, the `*` of OPTIONS. */
  readonly #any: PathNode;
  readonly #root: PathNode;
  #isPlain = true;

  constructor() {
    this.first = noRoute;
    this.#any = newNode();
    this.#root = newNode();
  }

  /** No route asks for more than a host and a path, and no path has places: `matchPlain` will do. */
  get isPlain(): boolean {
    return this.#isPlain;
  }

  /** In the order of the document. `path` is a pattern, or undefined to take everything; of an expression the candidate's test asks. */
  add(path: string | undefined, candidate: Candidate): void {
    this.first = Math.min(this.first, candidate.route);
    const pattern = path === undefined ? undefined : patternAround(path);
    if (candidate.test !== undefined || pattern?.segments.some((segment) => typeof segment !== 'string')) this.#isPlain = false;
    if (pattern === undefined) return addTo(this.#any, 'below', candidate);
    let node = this.#root;
    for (const segment of pattern.segments) node = typeof segment === 'string' ? childOf(node, segment) : behindAnything(node);
    addTo(node, pattern.kind, candidate);
  }

  /** Once all are there. */
  sort(): void {
    const nodes = [this.#any, this.#root];
    for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
      node.more?.exact?.sort();
      node.more?.below?.sort();
      if (node.more?.anything !== undefined) nodes.push(node.more.anything);
      nodes.push(...(node.children?.values() ?? []));
    }
  }

  /** Of an index in which no route asks for more than a host and a path: the first one that takes the path, or `noRoute`. */
  matchPlain(path: string): number {
    let best = this.#any.below;
    if (path.charCodeAt(0) !== slash) return best;
    let node = this.#root;
    best = Math.min(best, node.below);
    let start = 1;
    while (node.children !== undefined) {
      const end = path.indexOf('/', start);
      const child = node.children.get(end < 0 ? path.slice(start) : path.slice(start, end));
      if (child === undefined) return best;
      node = child;
      best = Math.min(best, node.below);
      if (end < 0) return Math.min(best, node.exact);
      start = end + 1;
    }
    return best;
  }

  /** The first route that takes the path, if it comes before `best`; else `best`. */
  match(search: Search, best: number): number {
    const first = firstBelow(this.#any, search, best);
    return search.path.charCodeAt(0) === slash ? walk(this.#root, search, 1, first) : first;
  }
}

const slash = 0x2f;

const newNode = (): PathNode => ({ children: undefined, exact: noRoute, below: noRoute, more: undefined });

/** From a place in the tree, with what of the path begins at `place`. */
function walk(from: PathNode, search: Search, place: number, best: number): number {
  const { path } = search;
  let node = from;
  let first = firstBelow(node, search, best);
  let start = place;
  while (node.children !== undefined) {
    const end = path.indexOf('/', start);
    if (node.more !== undefined) first = walkAnything(node.more, search, { start, end }, first);
    const child = node.children.get(end < 0 ? path.slice(start) : path.slice(start, end));
    if (child === undefined) return first;
    node = child;
    first = firstBelow(node, search, first);
    if (end < 0) return firstExact(node, search, first);
    start = end + 1;
  }
  return first;
}

function walkAnything(
  { anything }: More,
  search: Search,
  { start, end }: { readonly start: number; readonly end: number },
  best: number,
): number {
  if (anything === undefined || start === (end < 0 ? search.path.length : end)) return best;
  if (end >= 0) return walk(anything, search, end + 1, best);
  return firstExact(anything, search, firstBelow(anything, search, best));
}

function firstBelow(node: PathNode, search: Search, best: number): number {
  const first = Math.min(best, node.below);
  return node.more === undefined || node.more.below === undefined ? first : node.more.below.first(search, first);
}

function firstExact(node: PathNode, search: Search, best: number): number {
  const first = Math.min(best, node.exact);
  return node.more === undefined || node.more.exact === undefined ? first : node.more.exact.first(search, first);
}

function addTo(node: PathNode, kind: 'exact' | 'below', candidate: Candidate): void {
  // Behind a route that takes everything here nobody is asked.
  if (node[kind] !== noRoute) return;
  if (candidate.test === undefined) {
    node[kind] = candidate.route;
    return;
  }
  const more = moreOf(node);
  more[kind] ??= new Candidates();
  more[kind].add(candidate);
}

function moreOf(node: PathNode): More {
  node.more ??= { exact: undefined, below: undefined, anything: undefined };
  return node.more;
}

function childOf(node: PathNode, segment: string): PathNode {
  node.children ??= new Map();
  const existing = node.children.get(segment);
  if (existing !== undefined) return existing;
  const child = newNode();
  node.children.set(segment, child);
  return child;
}

/** Whoever walks looks at segments only where there are children. */
function behindAnything(node: PathNode): PathNode {
  node.children ??= new Map();
  const more = moreOf(node);
  more.anything ??= newNode();
  return more.anything;
}

/** The pattern itself. Of an expression, one that takes at least as much: the whole segments that all it matches begin with. */
function patternAround(path: string): PathPattern | undefined {
  if (!isExpression(path)) return parsePathPattern(path);
  const expression = readExpression(path);
  const prefix = expression.ok ? expression.value.prefix : '';
  if (!prefix.startsWith('/')) return undefined;
  return { kind: 'below', segments: prefix.split('/').slice(1, -1) };
}
