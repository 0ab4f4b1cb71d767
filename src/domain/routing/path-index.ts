// Hot path. The routes of one host by path: a tree of segments, walked once from the left, so that the cost of a match
// grows with the length of the path and not with the number of routes. Routes are numbers here: the lower one comes first.
import { parsePathPattern } from './path-pattern.ts';

/** More than any route's number. */
export const noRoute = 0x3fff_ffff;

/** A place in the tree, reached by its segments. */
interface PathNode {
  children: Map<string, PathNode> | undefined;
  /** The first route that takes exactly this path. */
  exact: number;
  /** The first route that takes this path and everything below. */
  below: number;
}

export class PathIndex {
  /** The first of all routes here: whoever has an earlier one need not ask. */
  first: number;
  /** The first route without a path. It also takes what is no path, the `*` of OPTIONS. */
  #any: number;
  readonly #root: PathNode;

  constructor() {
    this.first = noRoute;
    this.#any = noRoute;
    this.#root = newNode();
  }

  /** `path` is a pattern, or undefined to take everything. */
  add(path: string | undefined, route: number): void {
    this.first = Math.min(this.first, route);
    if (path === undefined) {
      this.#any = Math.min(this.#any, route);
      return;
    }
    const { kind, segments } = parsePathPattern(path);
    let node = this.#root;
    for (const segment of segments) node = childOf(node, segment);
    node[kind] = Math.min(node[kind], route);
  }

  /** The first route that takes the path, or `noRoute`. */
  match(path: string): number {
    if (path.charCodeAt(0) !== slash) return this.#any;

    let node = this.#root;
    let best = Math.min(this.#any, node.below);
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
}

const slash = 0x2f;

const newNode = (): PathNode => ({ children: undefined, exact: noRoute, below: noRoute });

function childOf(node: PathNode, segment: string): PathNode {
  node.children ??= new Map();
  const existing = node.children.get(segment);
  if (existing !== undefined) return existing;
  const child = newNode();
  node.children.set(segment, child);
  return child;
}
