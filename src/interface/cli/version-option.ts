// `--to VERSION`: a version of the history, in the place of the document.
import type { Tools } from './command.ts';

/** What is sent: `{}` without the option. `none` for what is no version, which was told then. */
export function versionOf(option: string | true | undefined, { err }: Pick<Tools, 'err'>): { readonly version?: number } | 'none' {
  if (typeof option !== 'string') return {};
  if (/^[1-9]\d{0,9}$/.test(option)) return { version: Number(option) };
  err(`evenkeel: --to takes the number of a version such as 3, not ${JSON.stringify(option)}; "evenkeel history" lists them`);
  return 'none';
}
