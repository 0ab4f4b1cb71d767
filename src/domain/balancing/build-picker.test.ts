// What may be written under `balance`, and what is said about anything else.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { endpointsOf, policyTools, times } from '../../../test/support/endpoints.ts';
import { itemAt } from '../../foundation/basics/item-at.ts';
import type { AnyPolicy } from './build-picker.ts';
import { buildPicker } from './build-picker.ts';
import { affinityKey, count } from './options.ts';
import type { Picker } from './policy.ts';
import { definePolicy } from './policy.ts';
import type { PolicySettings } from './policy-settings.ts';
import { allPolicies, describeOptions, policyNames, policySettings } from './policy-settings.ts';

function refusal(written: unknown): { readonly path: string; readonly message: string } {
  const parsed = policySettings.safeParse(written);
  if (parsed.success) assert.fail(`accepted: ${JSON.stringify(written)}`);
  const [issue] = parsed.error.issues;
  return { path: issue?.path.join('.') ?? '', message: issue?.message ?? '' };
}

describe('policy settings', () => {
  test('may be a name alone', () => {
    assert.deepEqual(policySettings.parse('random'), { policy: 'random' });
  });

  test('may be a name with options', () => {
    const expected = { policy: 'least-connections', scan: 'auto', choices: 3, bias: 0 };
    assert.deepEqual(policySettings.parse({ policy: 'least-connections', choices: 3 }), expected);
  });

  test('are known for every policy of the list', () => {
    for (const name of policyNames) assert.equal(policySettings.parse(name).policy, name);
  });

  test('refuse an unknown name with the names that exist', () => {
    const expected = `unknown policy "round-robbin": the policies are ${policyNames.join(', ')}`;
    assert.deepEqual(refusal('round-robbin'), { path: 'policy', message: expected });
    assert.deepEqual(refusal({ policy: 'round-robbin' }), { path: 'policy', message: expected });
  });

  test('refuse an unknown option with the options that exist', () => {
    assert.deepEqual(refusal({ policy: 'random', choices: 2 }), { path: 'choices', message: 'random has no options' });
  });

  test('refuse options without a name, and what is no settings at all', () => {
    const message = `expected a policy's name, or { policy: NAME } with options; the policies are ${policyNames.join(', ')}`;
    assert.deepEqual(refusal({ choices: 2 }), { path: 'policy', message });
    for (const written of [5, null, undefined, true, []]) assert.equal(refusal(written).message, message);
  });
});

describe('the description of a policy', () => {
  const chancy = definePolicy({
    name: 'chancy',
    summary: 'Draws so often.',
    choose: 'Never.',
    cost: 'Nothing.',
    source: 'Nobody.',
    honoursWeights: false,
    options: {
      choices: count({ least: 1, most: 8, default: 2, about: 'How often.' }),
      key: affinityKey({ default: ['client'], about: 'On what.' }),
    },
    build: (candidates) => ({ pick: () => candidates[0] }),
  });

  test('fills in the defaults of its options', () => {
    assert.deepEqual(describeOptions(chancy).parse({ policy: 'chancy' }), { policy: 'chancy', choices: 2, key: ['client'] });
  });

  test('names its options when others are given', () => {
    const parsed = describeOptions(chancy).safeParse({ policy: 'chancy', choice: 2, keys: 1 });
    const told = parsed.error?.issues.map(({ path, message }) => `${path.join()}: ${message}`);
    assert.deepEqual(told, ['choice: chancy has the options choices, key', 'keys: chancy has the options choices, key']);
  });

  test('leaves other mistakes to zod', () => {
    assert.match(describeOptions(chancy).safeParse(5).error?.issues[0]?.message ?? '', /expected object/);
  });
});

describe('the list of policies', () => {
  test('has kebab-case names, all different, each with a sentence', () => {
    assert.equal(new Set(policyNames).size, allPolicies.length);
    for (const { name, summary } of allPolicies) {
      assert.match(name, /^[a-z]+(-[a-z]+)*$/);
      assert.match(summary, /^[A-Z].*\.$/);
    }
  });
});

describe('building a picker', () => {
  test('throws for a policy that is not in the list', () => {
    // Only settings that went around the check can hold such a name.
    const settings = { policy: 'nonsense' } as unknown as PolicySettings;
    assert.throws(() => buildPicker(settings, endpointsOf([1]), policyTools()), /not in the list: nonsense/);
  });

  const withoutKey = { key: undefined, attempt: 0 };

  test('gives a keyed policy turns for requests without a key', () => {
    const pool = endpointsOf([1, 1, 1]);
    const picker = buildPicker(policySettings.parse('maglev'), pool, policyTools());
    assert.equal(new Set(times(3, () => picker.pick(withoutKey))).size, 3);
  });

  test('gives them what the settings say', () => {
    const pool = endpointsOf([1, 1, 1]);
    pool[0].load.hold();
    pool[2]?.load.hold();
    const picker = buildPicker(policySettings.parse({ policy: 'maglev', fallback: 'least-connections' }), pool, policyTools());
    for (const endpoint of times(5, () => picker.pick(withoutKey))) assert.equal(endpoint, pool[1]);
  });

  test('puts a limit around a keyed policy where the settings have one', () => {
    for (const [boundedLoad, most] of [
      [0, 30],
      [1.25, 13],
    ] as const) {
      const pool = endpointsOf([1, 1, 1]);
      const picker = buildPicker(policySettings.parse({ policy: 'rendezvous', boundedLoad }), pool, policyTools());
      for (let index = 0; index < 30; index++) picker.pick({ key: 'a', attempt: 0 }).load.hold();
      assert.equal(Math.max(...pool.map(({ load }) => load.inFlight)), most);
    }
  });

  test("puts nothing around a policy that is not keyed, and turns beside a user's own that is", () => {
    const made: Picker[] = [];
    const definition = definePolicy({
      name: 'mine',
      summary: 'Mine.',
      options: { fallback: count({ least: 1, most: 8, default: 2, about: 'Something else by the same name.' }) },
      build: (candidates) => {
        made.push({ pick: () => candidates[0] });
        return itemAt(made, made.length - 1);
      },
    });
    const settings = { policy: './mine.ts', fallback: 5 } as unknown as PolicySettings;
    const ownOf = (policy: object) => new Map([['./mine.ts', policy as AnyPolicy]]);
    const pool = endpointsOf([1, 1, 1]);
    assert.equal(buildPicker(settings, pool, policyTools(), ownOf(definition)), made[0]);
    const picker = buildPicker(settings, pool, policyTools(), ownOf({ ...definition, keyedOn: () => ['client'] }));
    assert.equal(new Set(times(3, () => picker.pick(withoutKey))).size, 3);
    assert.equal(picker.pick({ key: 'a', attempt: 0 }), pool[0]);
  });
});
