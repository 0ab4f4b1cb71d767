// A policy that stands in for another one, when that fails or has no key, must not find what the other one remembers of an endpoint, nor leave
// anything of its own there: what is kept for an endpoint is kept by its id alone, and one of them would take it for something that it is not.
import type { PolicyTools } from './policy.ts';

/** The same tools with a memory apart, which lasts as long as they are used. */
export function withOwnMemory(tools: PolicyTools): PolicyTools {
  const memories = new Map<string, unknown>();
  return {
    ...tools,
    remember: <Memory>({ id }: { readonly id: string }, make: () => Memory): Memory => {
      if (!memories.has(id)) memories.set(id, make());
      // Whoever stands in keeps one kind of memory.
      return memories.get(id) as Memory;
    },
  };
}
