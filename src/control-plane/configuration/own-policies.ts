// Policies of the user's own, where a document names their files: loads them, and checks what they are and the options they are given.
// Runs the files, so a document is to be trusted as a program is.

import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, resolve } from 'node:path';
import { keyForms, parseKeySource } from '../../domain/balancing/affinity-key.ts';
import type { AnyPolicy } from '../../domain/balancing/build-picker.ts';
import type { OwnPolicyPath, OwnPolicySettings } from '../../domain/balancing/own-policy.ts';
import { isPolicyPath, policyFileEndings } from '../../domain/balancing/own-policy.ts';
import { describeOptions } from '../../domain/balancing/policy-settings.ts';
import { thrownAt, thrownText } from '../../foundation/basics/thrown.ts';
import { explain } from './explain.ts';
import type { Finding, Path } from './issue.ts';
import { nearestTo, shown, valueAt } from './issue.ts';
import { loadDefault } from './load-module.ts';
import { faultsOfForm } from './policy-form.ts';
import { noteFile } from './reading/files-read.ts';

export interface OwnPoliciesFound {
  readonly findings: readonly Finding[];
  /** By pool: the file by its absolute path, and every option of the policy in it. */
  readonly settings: ReadonlyMap<string, OwnPolicySettings>;
}

/** The document is read as written. `folderOf` tells where ways that begin with ./ or ../ begin. */
export async function checkOwnPolicies(document: unknown, folderOf: (path: Path) => string): Promise<OwnPoliciesFound> {
  const uses = usesIn(document, folderOf);
  const checked = await Promise.all(uses.map(async (use) => ({ pool: use.pool, found: await checkUse(use, document) })));
  const isGood = (found: readonly Finding[] | OwnPolicySettings): found is OwnPolicySettings => 'policy' in found;
  return {
    findings: checked.flatMap(({ found }) => (isGood(found) ? [] : found)),
    settings: new Map(checked.flatMap(({ pool, found }) => (isGood(found) ? [[pool, found] as const] : []))),
  };
}

/** A pool whose `balance` names a file. */
interface Use {
  readonly pool: string;
  /** Where `balance` stands, and where the file is named. */
  readonly balance: Path;
  readonly place: Path;
  /** As written, and as it is. */
  readonly file: OwnPolicyPath;
  readonly path: string;
  readonly options: object;
}

function usesIn(document: unknown, folderOf: (path: Path) => string): readonly Use[] {
  const pools = valueAt(document, ['pools']);
  if (typeof pools !== 'object' || pools === null) return [];
  return Object.keys(pools).flatMap((pool): readonly Use[] => {
    const balance = ['pools', pool, 'balance'];
    const written = valueAt(document, balance);
    const isLong = typeof written === 'object' && written !== null && !Array.isArray(written);
    const place = isLong ? [...balance, 'policy'] : balance;
    const file = valueAt(document, place);
    return isPolicyPath(file) ? [{ pool, balance, place, file, path: resolve(folderOf(place), file), options: isLong ? written : {} }] : [];
  });
}

async function checkUse(use: Use, document: unknown): Promise<readonly Finding[] | OwnPolicySettings> {
  await noteFile(use.path, { isCode: true });
  const missing = await findFile(use);
  if (missing !== undefined) return [missing];
  const loaded = await loadDefault(use.path);
  if (!loaded.ok) return [{ path: use.place, message: `${use.file} cannot be loaded: ${reasonOf(loaded.fault)}` }];
  if (loaded.value === undefined) {
    return [{ path: use.place, message: `${use.file} has no default export; expected export default definePolicy({ … })` }];
  }
  const faults = faultsOfForm(loaded.value);
  if (faults.length > 0) return faults.map((fault) => ({ path: use.place, message: `${use.file} is no policy: ${fault}` }));
  // Its form was just seen to be that of a policy.
  return checkOptions(use, loaded.value as AnyPolicy, document);
}

async function findFile({ place, file, path }: Use): Promise<Finding | undefined> {
  // The list does not know that the ending may be any text.
  if (!(policyFileEndings as readonly string[]).includes(extname(path))) {
    return { path: place, message: `expected a file that ends in ${policyFileEndings.join(', ')}, got ${shown(file)}` };
  }
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) return { path: place, message: `${file} is a folder; expected the file of a policy` };
  if (found !== undefined) return undefined;

  const beside = await readdir(dirname(path)).catch((): string[] => []);
  const near = nearestTo(
    basename(path),
    beside.filter((name) => isPolicyPath(name)),
  );
  const nearest = near === undefined ? undefined : file.slice(0, -basename(path).length) + near;
  const begin = file.startsWith('/') ? '' : '; the way to it begins where this document is';
  return { path: place, message: `there is no file ${file}${begin}`, nearest };
}

function checkOptions(use: Use, policy: AnyPolicy, document: unknown): readonly Finding[] | OwnPolicySettings {
  const { file, options } = use;
  const parsed = describeOptions({ name: file, options: policy.options }).safeParse({ ...options, policy: file });
  if (!parsed.success) {
    return parsed.error.issues.flatMap((issue) => explain({ ...issue, path: [...use.balance, ...issue.path] }, document));
  }
  const keyFault = faultOfKey(policy, parsed.data);
  if (keyFault !== undefined) return [{ path: use.place, message: `${file} is no policy: ${keyFault}` }];
  // On Windows an absolute path begins otherwise, but its ending was looked at.
  return { ...parsed.data, policy: use.path as OwnPolicyPath };
}

function faultOfKey({ keyedOn }: AnyPolicy, settings: object): string | undefined {
  try {
    // The settings were made from this policy's options.
    const sources: unknown = keyedOn?.(settings as never) ?? [];
    if (Array.isArray(sources) && sources.every((source) => typeof source === 'string' && parseKeySource(source) !== undefined))
      return undefined;
    return `keyedOn gives ${shown(sources)}; expected a list of keys (${keyForms})`;
  } catch (error) {
    return `keyedOn throws ${reasonOf(error)}`;
  }
}

function reasonOf(thrown: unknown): string {
  const place = thrownAt(thrown);
  // An import that is not found fails in our own hands, and its message tells where it stands.
  const isHere = place === undefined || place.startsWith(import.meta.dirname);
  return isHere ? thrownText(thrown) : `${thrownText(thrown)} at ${place}`;
}
