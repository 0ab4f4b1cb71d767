// Hot path. A request whose path nobody can read in another way: what routes compare with is what goes on.
import type { ParseFault } from '../parse-fault.ts';
import type { RequestHead } from '../request-head.ts';
import type { PathRules } from './path-rules.ts';
import { readPath } from './path-rules.ts';

/** The same head where there is nothing to say about its path, one with another target, or what is wrong with it. */
export function readRequestPath(request: RequestHead, rules: PathRules): RequestHead | ParseFault {
  const { path, target } = request;
  const read = readPath(path, rules);
  if (typeof read === 'string') return request;
  if (read.fault !== undefined) return read.fault;
  return read.path === path ? request : { ...request, path: read.path, target: `${read.path}${target.slice(path.length)}` };
}
