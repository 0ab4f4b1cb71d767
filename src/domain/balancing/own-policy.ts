// How a document names a policy of the user's own: by the file whose default export it is.

export type OwnPolicyPath = `./${string}` | `../${string}` | `/${string}` | `${string}${(typeof policyFileEndings)[number]}`;

/** The path with the values of the policy's own options, which the compiler does not know here. Plain data; absolute once it is checked. */
export interface OwnPolicySettings {
  readonly policy: OwnPolicyPath;
  readonly [option: string]: unknown;
}

export const policyFileEndings = ['.ts', '.mts', '.js', '.mjs'] as const;

/** No policy of ours has a name like one of these. */
export function isPolicyPath(policy: unknown): policy is OwnPolicyPath {
  if (typeof policy !== 'string') return false;
  return /^(\.\.?)?\//.test(policy) || policyFileEndings.some((ending) => policy.endsWith(ending));
}
