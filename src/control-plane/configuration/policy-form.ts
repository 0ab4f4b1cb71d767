// What is wrong with a value that should be a policy, in words: which field is missing or wrong, which option cannot be, which default is refused.
// The compiler says most of this to whoever asks it; a file that is run as it is has been asked by nobody.
import type * as z from 'zod';
import type { Option } from '../../domain/balancing/options.ts';
import { optionShape } from '../../domain/balancing/policy-settings.ts';
import { shown } from './issue.ts';

/** One message for each mistake; none for a policy. */
export function faultsOfForm(value: unknown): readonly string[] {
  if (!isSection(value)) return [`its default export is ${shown(value)}; expected export default definePolicy({ … })`];
  const fields = [
    ...required.flatMap(([name, isRight, expected]) => (isRight(value[name]) ? [] : [fieldFault(value, name, expected)])),
    ...(value['keyedOn'] === undefined || isFunction(value['keyedOn'])
      ? []
      : [fieldFault(value, 'keyedOn', 'a function (settings) => keys')]),
  ];
  const { options } = value;
  return [...fields, ...(isSection(options) ? Object.entries(options).flatMap(faultsOfOption) : [])];
}

type Section = Readonly<Record<string, unknown>>;

const isSection = (value: unknown): value is Section => typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';
const isFunction = (value: unknown): boolean => typeof value === 'function';

const required: readonly (readonly [string, (value: unknown) => boolean, string])[] = [
  ['name', isText, 'a name'],
  ['summary', isText, 'a sentence that says what it does'],
  ['options', isSection, 'a section such as { room: count({ … }) }, or {} for none'],
  ['build', isFunction, 'a function (candidates, settings, tools) => ({ pick })'],
];

function fieldFault(policy: Section, name: string, expected: string): string {
  return Object.hasOwn(policy, name)
    ? `"${name}" is ${shown(policy[name])}; expected ${expected}`
    : `"${name}" is missing; expected ${expected}`;
}

function faultsOfOption([name, option]: readonly [string, unknown]): readonly string[] {
  if (name === 'policy') return ['no option can be called "policy": that key names the policy itself'];
  const description = describe(name, option);
  if (description === undefined) {
    return [
      `the option "${name}" is ${shown(option)}; expected count, number, duration, word, flag, names or affinityKey, such as count({ … })`,
    ];
  }
  const parsed = description.safeParse(undefined);
  if (parsed.success) return [];
  const written = isSection(option) ? option['default'] : undefined;
  return [`the default of the option "${name}" cannot be: ${parsed.error.issues[0]?.message ?? 'it is refused'}, got ${shown(written)}`];
}

/** undefined for what describes no option. */
function describe(name: string, option: unknown): z.ZodType | undefined {
  try {
    // What is no option after all throws.
    return optionShape({ [name]: option as Option })[name];
  } catch {
    return undefined;
  }
}
