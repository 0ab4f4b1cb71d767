// The policies of the user's own that pools name by their files, loaded in a worker. They were loaded and checked when the document was read;
// a file that is not the same any more gives a policy that cannot be built, and that is guarded and reported like any other.
import type { AnyPolicy, OwnPolicies } from '../../domain/balancing/build-picker.ts';
import { isPolicyPath } from '../../domain/balancing/own-policy.ts';
import { definePolicy } from '../../domain/balancing/policy.ts';
import { loadDefault } from '../configuration/load-module.ts';

type Pools = Readonly<Record<string, { readonly balance: { readonly policy: string } }>>;

/** By path. Never rejects. */
export async function loadOwnPolicies(pools: Pools): Promise<OwnPolicies> {
  const paths = new Set(Object.values(pools).flatMap(({ balance }) => (isPolicyPath(balance.policy) ? [balance.policy] : [])));
  return new Map(await Promise.all([...paths].map(async (path) => [path, await loadPolicy(path)] as const)));
}

async function loadPolicy(path: string): Promise<AnyPolicy> {
  const loaded = await loadDefault(path);
  if (!loaded.ok) return brokenPolicy(path, loaded.fault);
  const { value } = loaded;
  if (typeof value !== 'object' || value === null) return brokenPolicy(path, new Error(`${path} has no policy any more`));
  // The reader of the document saw that it is one; what became of it since is met by the guard.
  return value as AnyPolicy;
}

function brokenPolicy(path: string, reason: unknown): AnyPolicy {
  return definePolicy({
    name: path,
    summary: 'Could not be loaded.',
    options: {},
    build: () => {
      throw reason;
    },
  });
}
